import type { WireFormat } from '../../llm/wire-format.ts'
import { createFormat } from '../shared/create-format.ts'
import { asString } from '../shared/json-value.ts'
import { collectItems } from '../shared/openai/items.ts'
import { noTokenLimit } from '../shared/request/token-limit.ts'
import type { TextCollector } from '../shared/texts/text-collector.ts'

type Json = Record<string, unknown>

/** Collects items in a list; whatever else there is but what clients note for themselves. */
function collectTexts(json: Json, list: string, texts: TextCollector): void {
  for (const key of Object.keys(json)) {
    const items = json[key]
    if (key === list && Array.isArray(items)) collectItems(items, 'item', texts)
    else if (key !== 'metadata') texts.addMember(json, key, { channel: 'item', role: undefined })
  }
}

/** Conversations and their items. */
export const openAiConversations: WireFormat = createFormat({
  name: 'openai-conversations',
  request: {
    collectTexts: (json, texts) => collectTexts(json, 'items', texts),
    hasModel: false,
    outputLimit: noTokenLimit,
    choiceCount: () => 1,
  },
  fields: ['items'],
  response: {
    collectTexts(json, texts) {
      collectTexts(json, 'data', texts)
      const isConversation = asString(json['object'])?.startsWith('conversation') === true
      const isItem = asString(json['type']) !== undefined && asString(json['id']) !== undefined
      return Array.isArray(json['data']) || isConversation || isItem
    },
    readUsage: () => undefined,
    readModel: () => undefined,
  },
  usage: { usage: 'usage', model: undefined, readUsage: () => undefined },
})
