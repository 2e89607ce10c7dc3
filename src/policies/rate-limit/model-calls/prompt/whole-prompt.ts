import { isRecord } from '../../../../lib/json/is-record.ts'
import { numberSourcesOf } from '../../../../lib/json/number-sources.ts'
import type { ModelRequest } from '../../../../llm/model-request.ts'
import { attachmentIn, isItemReference, unseenField } from './foreign-content.ts'
import {
  instructions,
  type Prompt,
  tokensOfAnswerStart,
  tokensPerMessage,
  tokensPerName,
} from './prompt.ts'

/** What a client notes for itself, and what tells the provider how to run a call; models read none of it. */
const unread: ReadonlySet<string> = new Set([
  ...['model', 'models', 'user', 'metadata', 'labels', 'requestMetadata', 'safety_identifier'],
  ...['prompt_cache_key', 'prompt_cache_retention', 'service_tier', 'stream_options'],
  ...['stop', 'stop_sequences', 'anthropic_version', 'anthropic_beta', 'encoding_format'],
])

/** What `contents` and `input` are made of; a model does not read these words. */
const frame: ReadonlySet<string> = new Set(['role', 'parts', 'text', 'type', 'content'])

/** Where what stands is the caller's own, whatever it is called. */
const freeForm: ReadonlySet<string> = new Set([
  ...['args', 'arguments', 'input', 'json', 'parameters', 'properties', 'response', 'schema'],
  ...['input_schema', 'inputSchema', '$defs'],
])

const conversation = new Set<string>(['messages', 'contents', 'input', 'prompt', ...instructions])

interface Place {
  /** Names that do not count. */
  readonly uncounted: ReadonlySet<string>
  readonly isFreeForm: boolean
}

const everyName: ReadonlySet<string> = new Set()
const inMessages: Place = { uncounted: everyName, isFreeForm: false }
const inContents: Place = { uncounted: frame, isFreeForm: false }

/**
 * Everything of a request that a model may read, names, numbers and what it may call included. Messages have some tokens around them;
 * tokens that a client has made itself count one each.
 */
export function readWholePrompt({ json }: ModelRequest): Prompt {
  const prompt = new WholePrompt()
  prompt.unseen = unseenField(json)
  const { messages } = json
  if (Array.isArray(messages)) prompt.addMessages(messages)
  else prompt.add(messages, inMessages)
  for (const key of ['contents', 'input', 'prompt', ...instructions]) prompt.addInput(json[key])
  for (const [key, value] of Object.entries(json)) {
    const isSetting = typeof value !== 'string' && typeof value !== 'object'
    if (isSetting || value === null || unread.has(key) || conversation.has(key)) continue
    const isFreeForm = freeForm.has(key)
    if (!prompt.takeAttachment(key, value, isFreeForm))
      prompt.add(value, { ...inMessages, isFreeForm })
  }
  return prompt
}

class WholePrompt implements Prompt {
  readonly texts: string[] = []
  extraTokens = 0
  attachments = 0
  unseen: string | undefined

  addMessages(messages: readonly unknown[]): void {
    for (const message of messages) {
      this.extraTokens += tokensPerMessage
      if (isRecord(message) && 'name' in message) this.extraTokens += tokensPerName
      this.add(message, inMessages)
    }
    this.extraTokens += tokensOfAnswerStart
  }

  /** A text, a list of parts, or tokens. */
  addInput(value: unknown): void {
    if (!Array.isArray(value)) {
      if (value !== undefined) this.add(value, inContents)
      return
    }
    for (const member of value) {
      if (typeof member === 'number') this.extraTokens += 1
      else if (Array.isArray(member)) this.addInput(member)
      else this.add(member, inContents)
    }
  }

  /** Within containers numbers count as they are written, and what has no name as one for what sets it apart. */
  add(value: unknown, place: Place): void {
    if (typeof value === 'string') this.texts.push(value)
    else if (Array.isArray(value)) this.#addList(value, place)
    else if (isRecord(value)) this.#addRecord(value, place)
    else if (value !== undefined) this.texts.push(String(value))
  }

  /** False: it is none. */
  takeAttachment(key: string, value: unknown, isFreeForm: boolean): boolean {
    if (isFreeForm || !attachmentIn(key, value)) return false
    this.attachments += 1
    return true
  }

  #addList(values: readonly unknown[], place: Place): void {
    if (values.length === 0) this.extraTokens += 1
    const sources = numberSourcesOf(values)
    values.forEach((value, index) => {
      if (!isRecord(value) && typeof value !== 'string') this.extraTokens += 1
      this.add(sources?.get(String(index)) ?? value, place)
    })
  }

  #addRecord(record: Readonly<Record<string, unknown>>, place: Place): void {
    const entries = Object.entries(record)
    if (entries.length === 0) this.extraTokens += 1
    if (!place.isFreeForm && isItemReference(record)) this.unseen ??= 'a reference to an item'
    const sources = numberSourcesOf(record)
    for (const [key, value] of entries) {
      if (place.isFreeForm || !place.uncounted.has(key)) this.texts.push(key)
      const isFreeForm = place.isFreeForm || freeForm.has(key)
      if (this.takeAttachment(key, value, isFreeForm)) continue
      this.add(sources?.get(key) ?? value, isFreeForm ? { ...place, isFreeForm } : place)
    }
  }
}
