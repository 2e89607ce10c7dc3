/**
 * Fields whose strings are no text that a person or a model writes: names that the API knows, identifiers, bytes. Whatever is
 * not named here is taken for text, so that what an API adds later is guarded too.
 */
export const opaqueKeys: ReadonlySet<string> = new Set([
  ...['id', 'type', 'role', 'param', 'object', 'name', 'status', 'model', 'format', 'index'],
  ...[
    'call_id',
    'tool_call_id',
    'tool_use_id',
    'item_id',
    'file_id',
    'container_id',
    'response_id',
  ],
  ...['toolUseId', 'previous_response_id', 'approval_request_id', 'server_label', 'responseId'],
  ...['finish_reason', 'stop_reason', 'finishReason', 'stopReason', 'system_fingerprint'],
  ...['service_tier', 'obfuscation', 'modelVersion', 'mimeType', 'mime_type', 'media_type'],
  ...[
    'data',
    'file_data',
    'fileData',
    'b64_json',
    'bytes',
    'partial_image_b64',
    'encrypted_content',
  ],
  ...[
    'signature',
    'thoughtSignature',
    'thought_signature',
    'redactedContent',
    'fileUri',
    'file_uri',
  ],
])

/** Fields whose value bears no text, whatever stands in it, or repeats it letter by letter. */
export const textlessKeys: ReadonlySet<string> = new Set([
  ...['usage', 'usageMetadata', 'logprobs', 'logprobsResult', 'prompt_logprobs', 'cache_control'],
  ...['content_filter_results', 'prompt_filter_results', 'content_filters', 'safetyRatings'],
])

/** Fields within which names are not the API's but the caller's or the model's, so every string is text. */
export const freeFormKeys: ReadonlySet<string> = new Set([
  ...['args', 'arguments', 'input', 'json', 'response', 'output', 'result'],
  ...['parameters', 'schema', 'input_schema', 'inputSchema', 'properties', '$defs'],
])

/** Fields that hold an address, which may be the bytes themselves. */
export const addressKeys: ReadonlySet<string> = new Set(['url', 'uri', 'image_url', 'file_url'])
