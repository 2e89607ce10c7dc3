import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BodyPiece } from '../../lib/http/body-piece.ts'
import type { StreamPart } from '../../llm/stream-part.ts'
import type { WireFormat } from '../../llm/wire-format.ts'
import { compileSearches } from '../../policies/prompt-guard/redaction/compile-searches.ts'
import { redactText } from '../../policies/prompt-guard/redaction/redact-text.ts'
import { compileGuard, modelCall, patternsOf } from '../../policies/prompt-guard/testing/guard.ts'
import { requestContext } from '../../policies/testing/context.ts'
import { anthropicMessages } from '../../protocols/anthropic-messages/index.ts'
import { geminiGenerateContent } from '../../protocols/gemini-generate-content/index.ts'
import { mistralChat, openAiChat } from '../../protocols/openai-chat/index.ts'
import { openAiCompletions } from '../../protocols/openai-completions/index.ts'

const recordings: readonly [path: string, format: WireFormat][] = [
  ['openai-chat/testdata/content.sse', openAiChat],
  ['openai-chat/testdata/tools.sse', openAiChat],
  ['openai-chat/testdata/mistral-thinking.sse', mistralChat],
  ['openai-completions/testdata/content.sse', openAiCompletions],
  ['anthropic-messages/testdata/tool-use.sse', anthropicMessages],
  ['gemini-generate-content/testdata/answer.sse', geminiGenerateContent],
]
const expressions = ['\\pL{3}', '\\w+\\W+\\w+', '[aeiou].*?[aeiou]', '\\b\\w', '[^ ]{5,}', '.+']

function readParts(format: WireFormat, bytes: Buffer): StreamPart[] {
  const reader = format.createStreamReader('text/event-stream', { hideUsage: false })
  if (reader === undefined) throw new Error(`${format.name} reads no events`)
  return [...reader.push(BodyPiece.ofBytes(bytes)), ...reader.end()]
}

/** All texts of a stream by channel, without empty ones. */
function textsOf(format: WireFormat, bytes: Buffer): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const { deltas } of readParts(format, bytes)) {
    for (const { channel, text } of deltas) texts[channel] = (texts[channel] ?? '') + text
  }
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''))
}

function throughGuard(format: WireFormat, bytes: Buffer, expression: string): Buffer {
  const guard = compileGuard({ response: { patterns: patternsOf([expression]) } })
  const output: Buffer[] = []
  const editor = guard.createStreamEditor?.(requestContext(), modelCall, {
    emit: (part) => output.push(part.encode().bytes),
    end: () => undefined,
    fail: (error) => expect.unreachable(error.message),
  })
  for (const part of readParts(format, bytes)) editor?.push(part)
  editor?.end()
  return Buffer.concat(output)
}

function redactWith(expression: string, text: string): string {
  const searches = compileSearches(patternsOf([expression]))
  if ('type' in searches) throw new Error(searches.message)
  return redactText(searches, 'label', text)
}

describe('a recorded stream', () => {
  test.each(recordings)(
    '%s reads after a guard like its texts masked as a whole',
    (path, format) => {
      const bytes = readFileSync(join(import.meta.dirname, '../../protocols', path))
      const texts = textsOf(format, bytes)
      expect(Object.keys(texts)).not.toEqual([])
      for (const expression of expressions) {
        const masked = Object.entries(texts).map(([channel, text]) => [
          channel,
          redactWith(expression, text),
        ])
        const guarded = textsOf(format, throughGuard(format, bytes, expression))
        expect(guarded, expression).toEqual(Object.fromEntries(masked))
      }
    },
  )
})
