import { parseRepeatingYaml } from '../../../lib/yaml.ts'
import { badRequestError } from '../../resources/status-error.ts'
import { findDuplicateFields, maxBodyDepth } from './find-duplicate-fields.ts'

/** A body's value, and the fields that its text names more than once. */
export interface DecodedBody {
  readonly value: unknown
  readonly duplicateFields: readonly string[]
}

/** Decodes JSON or YAML strictly; the refusal says what is wrong and where. */
export function decodeBody(text: string, format: 'json' | 'yaml'): DecodedBody {
  if (format === 'json') return decodeJson(text)
  const trimmed = text.trimStart()
  // What kubectl sends as YAML is JSON, which is read in a tenth of the time.
  if (trimmed.startsWith('{') && isJson(trimmed)) return decodeJson(trimmed)
  return decodeYaml(text)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function decodeJson(text: string): DecodedBody {
  try {
    const value: unknown = JSON.parse(text)
    return { value, duplicateFields: findDuplicateFields(text) }
  } catch (error) {
    throw badRequestError(`the body is not valid JSON: ${messageOf(error)}`)
  }
}

function decodeYaml(text: string): DecodedBody {
  try {
    const { value, repeatedKeys } = parseRepeatingYaml(text, maxBodyDepth)
    return { value, duplicateFields: repeatedKeys }
  } catch (error) {
    throw badRequestError(`the body is not valid YAML: ${messageOf(error)}`)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
