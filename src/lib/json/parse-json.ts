import { countKeys } from './count-keys.ts'
import { depthMessage, findDuplicateFields, maxJsonDepth } from './find-duplicate-fields.ts'
import { parseWithNumberSources } from './number-sources.ts'
import { scanJson } from './scan-json.ts'

/** A value that every reader of its text would understand alike, or why there is none. */
export type ParsedJson = { readonly value: unknown } | { readonly problem: string }

/**
 * Parses JSON strictly: no key stands twice in its object, nothing nests too deeply. Numbers keep the way they are written for
 * `encodeJson`.
 */
export function parseJson(text: string): ParsedJson {
  const { keys, depth, hasUnusualNumbers } = scanJson(text)
  if (depth > maxJsonDepth) return { problem: depthMessage }
  let value: unknown
  try {
    value = hasUnusualNumbers ? parseWithNumberSources(text) : JSON.parse(text)
  } catch {
    // The engine's message quotes the text, which may hold secrets.
    return { problem: 'the body is not valid JSON' }
  }
  // Which keys are repeated costs as much as parsing; that some are is cheap to see.
  if (keys === countKeys(value)) return { value }
  return {
    problem: `the body has the field ${findDuplicateFields(text).join(', ')} more than once`,
  }
}
