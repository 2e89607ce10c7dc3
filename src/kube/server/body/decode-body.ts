import { countKeys } from '../../../lib/json/count-keys.ts'
import {
  depthMessage,
  findDuplicateFields,
  maxJsonDepth,
} from '../../../lib/json/find-duplicate-fields.ts'
import { scanJson } from '../../../lib/json/scan-json.ts'
import { messageOf } from '../../../lib/message-of.ts'
import { parseRepeatingYaml } from '../../../lib/yaml.ts'
import { badRequestError } from '../../resources/status-error.ts'

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
  if (!trimmed.startsWith('{')) return decodeYaml(text)
  const parsed = parseJson(trimmed)
  return 'error' in parsed ? decodeYaml(text) : checkJson(trimmed, parsed.value)
}

type Parsed = { readonly value: unknown } | { readonly error: unknown }

function parseJson(text: string): Parsed {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    return { error }
  }
}

function decodeJson(text: string): DecodedBody {
  const parsed = parseJson(text)
  if ('error' in parsed) throw invalidJsonError(parsed.error)
  return checkJson(text, parsed.value)
}

function checkJson(text: string, value: unknown): DecodedBody {
  const { keys, depth } = scanJson(text)
  if (depth > maxJsonDepth) throw invalidJsonError(new RangeError(depthMessage))
  // Finding which keys are repeated costs as much as parsing; that some are is cheap to see.
  const isRepeating = keys !== countKeys(value)
  return { value, duplicateFields: isRepeating ? findDuplicateFields(text) : [] }
}

function invalidJsonError(error: unknown) {
  return badRequestError(`the body is not valid JSON: ${messageOf(error)}`)
}

function decodeYaml(text: string): DecodedBody {
  try {
    const { value, repeatedKeys } = parseRepeatingYaml(text, maxJsonDepth)
    return { value, duplicateFields: repeatedKeys }
  } catch (error) {
    throw badRequestError(`the body is not valid YAML: ${messageOf(error)}`)
  }
}
