import { asRecord, asString } from '../shared/json-value.ts'
import type { TextCollector, TextOwner } from '../shared/texts/text-collector.ts'
import { ArgumentDecoder } from '../shared/tool-arguments/argument-decoder.ts'

type Json = Record<string, unknown>

/** Collects the texts of a whole message: its content, refusal, reasoning, tool calls, and whatever else holds text. */
export function collectMessageTexts(message: Json, owner: TextOwner, texts: TextCollector): void {
  for (const key of Object.keys(message)) collectField(message, key, owner, texts)
}

function collectField(message: Json, key: string, owner: TextOwner, texts: TextCollector): void {
  const own = { ...owner, channel: `${owner.channel} ${key}` }
  const called = key === 'function_call' ? asRecord(message[key]) : undefined
  if (key === 'tool_calls') collectCalls(message, own, texts)
  else if (called) collectArguments(called, own, texts)
  else if (key === 'name') texts.add(message, key, own)
  else texts.addMember(message, key, owner)
}

function collectCalls(message: Json, owner: TextOwner, texts: TextCollector): void {
  texts.addRecords(message, 'tool_calls', owner, (call, position) => {
    const channel = `${owner.channel} ${call['index'] ?? position}`
    collectCallTexts(call, { ...owner, channel }, texts)
  })
}

function collectCallTexts(call: Json, owner: TextOwner, texts: TextCollector): void {
  for (const key of Object.keys(call)) {
    const called = key === 'function' ? asRecord(call[key]) : undefined
    if (called) collectArguments(called, owner, texts)
    else texts.addMember(call, key, owner)
  }
}

function collectArguments(call: Json, owner: TextOwner, texts: TextCollector): void {
  for (const key of Object.keys(call)) {
    if (key === 'arguments' && asString(call[key]) !== undefined) {
      const channel = `${owner.channel} arguments`
      texts.addArguments(call, key, { ...owner, channel, decoder: new ArgumentDecoder() })
    } else texts.addMember(call, key, owner)
  }
}
