import { isRecord } from '../../../../lib/json/is-record.ts'

type Json = Readonly<Record<string, unknown>>

/** Fields that hold a picture, a sound, a film or a file, or say where it stands. */
const attachmentKeys: ReadonlySet<string> = new Set([
  ...['image_url', 'video_url', 'audio_url', 'file_url', 'input_audio', 'file', 'file_id'],
  ...['inlineData', 'inline_data', 'fileData', 'file_data', 'file_ids', 's3Location', 'bytes'],
  ...['document_url', 'image_embeds', 'audio_embeds', 'prompt_embeds'],
])

/** Kinds of an Anthropic source that are no text. */
const sourceTypes: ReadonlySet<unknown> = new Set(['base64', 'url', 'file'])

/** Whether what stands under `key` is a picture, a sound, a film or a file. */
export function attachmentIn(key: string, value: unknown): boolean {
  if (value === null || value === undefined) return false
  if (attachmentKeys.has(key)) return true
  if (!isRecord(value)) return false
  if (key === 'source') return sourceTypes.has(value['type'])
  // What a model has said before, which its provider has kept.
  return key === 'audio' && typeof value['id'] === 'string' && Object.keys(value).length === 1
}

/** Whether it stands for what the provider keeps: an item that is only named. */
export function isItemReference(record: Json): boolean {
  const { type, id } = record
  if (type === 'item_reference') return true
  return typeof id === 'string' && Object.keys(record).length === 1
}

/** Fields by which a request goes on from what the provider keeps, or has it look for more. */
const unseenKeys = [
  ...['previous_response_id', 'conversation', 'cachedContent', 'cached_content', 'container'],
  ...['chat_template'],
  ...['web_search_options', 'search_parameters', 'enable_search', 'plugins', 'mcp_servers'],
  ...['data_sources', 'dataSources'],
] as const

/** The field of a request that makes a model read what is not in it: what the provider keeps, and what its own tools find. */
export function unseenField(json: Json): string | undefined {
  const key = unseenKeys.find((name) => json[name] !== undefined && json[name] !== null)
  if (key !== undefined) return `the field ${key}`
  if (isRecord(json['prompt'])) return 'the field prompt'
  const { tools, toolConfig } = json
  const ofBedrock = isRecord(toolConfig) ? toolConfig['tools'] : undefined
  const all = [tools, ofBedrock].flatMap((list) => (Array.isArray(list) ? list : []))
  return all.every(isRunByClient) ? undefined : 'a tool that the provider runs'
}

/** Names that describe a tool that the client runs itself. */
const clientToolKeys: ReadonlySet<string> = new Set([
  ...['type', 'name', 'description', 'parameters', 'strict', 'function', 'custom', 'format'],
  ...['input_schema', 'cache_control', 'defer_loading', 'input_examples', 'allowed_callers'],
  ...['eager_input_streaming', 'functionDeclarations', 'function_declarations', 'toolSpec'],
  ...['cachePoint', 'display_width_px', 'display_height_px', 'display_number', 'environment'],
  ...['display_width', 'display_height', 'max_characters', 'enable_zoom'],
])

/** Kinds of tools that their client runs: its own, and those that providers have only described. */
const clientTool =
  /^(function|custom|bash_\d+|text_editor_\d+|computer_\d+|memory_\d+|computer|computer_use_preview|local_shell|apply_patch)$/

function isRunByClient(tool: unknown): boolean {
  if (!isRecord(tool)) return false
  const { type } = tool
  if (type !== undefined && !(typeof type === 'string' && clientTool.test(type))) return false
  return Object.keys(tool).every((key) => clientToolKeys.has(key))
}
