import { isUtf8 } from 'node:buffer'
import { parseJson } from './parse-json.ts'

/** A JSON object read from bytes, or why they are none that every reader would understand alike. */
export type ReadJsonObject =
  | { readonly json: Record<string, unknown> }
  | { readonly problem: string }

/** Reads a body strictly: UTF-8 without a byte order mark, valid JSON, an object, no key twice, no excessive depth. */
export function readJsonObject(body: Buffer): ReadJsonObject {
  if (body[0] === 0xef && body[1] === 0xbb)
    return { problem: 'the body begins with a byte order mark' }
  if (!isUtf8(body)) return { problem: 'the body is not valid UTF-8' }
  const parsed = parseJson(body.toString('utf8'))
  if ('problem' in parsed) return parsed
  const { value } = parsed
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { problem: 'the body is not a JSON object' }
  }
  return { json: value as Record<string, unknown> }
}
