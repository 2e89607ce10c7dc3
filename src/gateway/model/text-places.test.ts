import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BodyPiece } from '../../lib/http/body-piece.ts'
import type { WireFormat } from '../../llm/wire-format.ts'
import { compileGuard, modelCall, patternsOf } from '../../policies/prompt-guard/testing/guard.ts'
import { requestContext } from '../../policies/testing/context.ts'
import { anthropicMessages } from '../../protocols/anthropic-messages/index.ts'
import { bedrockConverse } from '../../protocols/bedrock-converse/index.ts'
import { geminiGenerateContent } from '../../protocols/gemini-generate-content/index.ts'
import { mistralChat, openAiChat } from '../../protocols/openai-chat/index.ts'
import { openAiCompletions } from '../../protocols/openai-completions/index.ts'
import { openAiResponses } from '../../protocols/openai-responses/index.ts'

const secret = 'tiger 12 lily'
const guard = compileGuard({ response: { patterns: patternsOf([secret]) } })

/** What holds no text, or repeats the request. */
const unguarded =
  /(^|\.)(usage|usageMetadata|logprobs)(\.|$)|^response\.(instructions|metadata|prompt|reasoning|text|tool_choice|tools|truncation|user)(\.|$)/

type Path = readonly string[]

function placesIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const inner = Object.entries(value).flatMap(([key, member]) => placesIn(member, [...path, key]))
  return [path, ...inner]
}

/** A copy with the text behind the string at `path`, among the members of what is there, or in the place of anything else. */
function withText(value: unknown, [key, ...rest]: Path, extend: boolean): unknown {
  if (key !== undefined) {
    const copy = Array.isArray(value) ? [...value] : { ...(value as object) }
    const holder = copy as Record<string, unknown>
    holder[key] = withText(holder[key], rest, extend)
    return copy
  }
  const text = `x ${secret} y`
  if (!extend) return text
  if (typeof value === 'string') return value + text
  if (Array.isArray(value)) return [...value, text]
  return typeof value === 'object' && value !== null ? { ...value, extra: text } : text
}

/** What a client gets of the stream. */
function throughGuard(format: WireFormat, bytes: Buffer): string {
  let output = ''
  let isOver = false
  const editor = guard.createStreamEditor?.(requestContext(), modelCall, {
    emit: (part) => {
      if (!isOver) output += part.encode().bytes.toString()
    },
    end: () => undefined,
    fail: () => {
      isOver = true
    },
  })
  const reader = format.createStreamReader('text/event-stream', { hideUsage: false })
  for (const part of reader?.push(BodyPiece.ofBytes(bytes)) ?? []) editor?.push(part)
  editor?.end()
  return output
}

/** Calls `judge` with each way in which the text can stand in a value. */
function eachPlace(value: unknown, judge: (changed: unknown, place: string) => void): void {
  for (const path of placesIn(value)) {
    const place = path.join('.')
    if (unguarded.test(place)) continue
    for (const extend of [true, false]) judge(withText(value, path, extend), place)
  }
}

test.each<[string, WireFormat]>([
  ['openai-chat/testdata/content.sse', openAiChat],
  ['openai-chat/testdata/tools.sse', openAiChat],
  ['openai-chat/testdata/mistral-thinking.sse', mistralChat],
  ['openai-completions/testdata/content.sse', openAiCompletions],
  ['openai-responses/testdata/answer.sse', openAiResponses],
  ['anthropic-messages/testdata/tool-use.sse', anthropicMessages],
  ['gemini-generate-content/testdata/answer.sse', geminiGenerateContent],
])('no text passes a guard wherever it stands in an event of %s', (path, format) => {
  const recording = readFileSync(join(import.meta.dirname, '../../protocols', path), 'utf8')
  const blocks = recording.split(/\r?\n\r?\n/)
  blocks.forEach((block, index) => {
    const data = /^data: (\{.*)$/m.exec(block)?.[1]
    if (data === undefined) return
    eachPlace(JSON.parse(data), (changed, place) => {
      const event = block.replace(/^data: .*$/m, () => `data: ${JSON.stringify(changed)}`)
      const stream = blocks.with(index, event).join('\n\n')
      expect(throughGuard(format, Buffer.from(stream)), `${index} ${place}`).not.toContain(secret)
    })
  })
})

const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":"b"}' } }
const message = { role: 'assistant', content: 'Hi', tool_calls: [call], function_call: null }
const candidate = { index: 0, content: { role: 'model', parts: [{ text: 'Hi' }] } }
const converse = { role: 'assistant', content: [{ text: 'Hi' }] }
const item = { type: 'message', id: 'm', content: [{ type: 'output_text', text: 'Hi' }] }

test.each<[string, WireFormat, object]>([
  ['openAiChat', openAiChat, { model: 'm', choices: [{ index: 0, message }] }],
  ['openAiCompletions', openAiCompletions, { model: 'm', choices: [{ index: 0, text: 'Hi' }] }],
  ['openAiResponses', openAiResponses, { object: 'response', output: [item] }],
  [
    'anthropicMessages',
    anthropicMessages,
    { type: 'message', content: [{ type: 'text', text: 'Hi' }] },
  ],
  ['geminiGenerateContent', geminiGenerateContent, { candidates: [candidate] }],
  ['bedrockConverse', bedrockConverse, { output: { message: converse }, stopReason: 'end_turn' }],
])(
  'no text passes a guard wherever it stands in a whole answer of %s',
  async (_name, format, answer) => {
    const changes: [unknown, string][] = []
    eachPlace(answer, (changed, place) => changes.push([changed, place]))
    for (const [changed, place] of changes) {
      if (typeof changed !== 'object' || changed === null) continue
      const response = format.readResponse(structuredClone(changed) as Record<string, unknown>)
      const refusal = await guard.onModelResponse?.(requestContext(), modelCall, response)
      const sent = refusal === undefined ? response.encode().toString() : ''
      expect(sent, place).not.toContain(secret)
    }
  },
)
