/** Fields whose strings are names that the API knows, or identifiers. */
const nameKeys: ReadonlySet<string> = new Set([
  ...['id', 'type', 'role', 'param', 'object', 'name', 'status', 'model', 'format', 'index'],
  ...['call_id', 'tool_call_id', 'tool_use_id', 'item_id', 'file_id', 'container_id', 'toolUseId'],
  ...['response_id', 'responseId', 'previous_response_id', 'approval_request_id', 'server_label'],
  ...['finish_reason', 'stop_reason', 'finishReason', 'stopReason', 'system_fingerprint'],
  ...['service_tier', 'obfuscation', 'modelVersion', 'mimeType', 'mime_type', 'media_type'],
  ...['fileUri', 'file_uri'],
])

/** Fields whose strings are bytes. */
const byteKeys: ReadonlySet<string> = new Set([
  ...['data', 'file_data', 'fileData', 'b64_json', 'bytes', 'partial_image_b64', 'signature'],
  ...['thoughtSignature', 'thought_signature', 'redactedContent', 'encrypted_content'],
])

/** Fields that hold an address, which may be the bytes themselves. */
const addressKeys: ReadonlySet<string> = new Set(['url', 'uri', 'image_url', 'file_url'])

/** Fields whose value bears no text, whatever stands in it, or repeats it letter by letter. */
export const textlessKeys: ReadonlySet<string> = new Set([
  ...['usage', 'usageMetadata', 'logprobs', 'logprobsResult', 'prompt_logprobs', 'cache_control'],
  ...['content_filter_results', 'prompt_filter_results', 'content_filters', 'safetyRatings'],
])

/** Names that JSON Schema knows (https://json-schema.org/draft/2020-12), so that nobody says anything by them. */
export const schemaKeywords: ReadonlySet<string> = new Set([
  ...[
    'type',
    'properties',
    'required',
    'description',
    'title',
    'items',
    'enum',
    'const',
    'default',
  ],
  ...['examples', 'additionalProperties', 'anyOf', 'allOf', 'oneOf', 'not', 'if', 'then', 'else'],
  ...['$ref', '$defs', 'definitions', '$schema', '$id', 'format', 'pattern', 'multipleOf'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minLength', 'maxLength'],
  ...['minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'prefixItems'],
  ...['patternProperties', 'propertyNames', 'contains', 'dependentRequired', 'nullable'],
])

/** Fields within which names are not the API's but the caller's or the model's, so every string is text. */
export const freeFormKeys: ReadonlySet<string> = new Set([
  ...['args', 'arguments', 'input', 'json', 'response', 'output', 'result'],
  ...['parameters', 'schema', 'input_schema', 'inputSchema', 'properties', '$defs'],
])

/** Bytes are looked at so far for what they cannot contain. */
const checkedLetters = 4096

/**
 * Whether a string is no text that a person or a model writes. Whatever field is not known here is taken for text, so that what an
 * API adds later is guarded too; and so is what has spaces, which neither names nor bytes have: some servers show models even roles.
 */
export function isOpaque(holder: object, key: string, value: string): boolean {
  if (nameKeys.has(key)) return !/\s/.test(value)
  if (addressKeys.has(key)) return value.startsWith('data:') && !hasSpace(value)
  if (!byteKeys.has(key)) return false
  // A source of the type `text` holds its text where others hold bytes.
  return !(key === 'data' && 'type' in holder && holder.type === 'text') && !hasSpace(value)
}

/** Encoded bytes may be broken into lines, but have no spaces. */
const hasSpace = (bytes: string) => bytes.slice(0, checkedLetters).includes(' ')
