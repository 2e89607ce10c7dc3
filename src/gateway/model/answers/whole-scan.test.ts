import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BodyPiece } from '../../../lib/http/body-piece.ts'
import { openAiChat } from '../../../protocols/openai-chat/index.ts'
import { WholeScan } from './whole-scan.ts'

const answerOf = (content: string) =>
  Buffer.from(
    JSON.stringify({
      model: 'gpt-4o-1',
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
    }),
  )

/** The memory of each piece is used for something else as soon as it has been pushed. */
function scan(pieces: readonly Buffer[], length?: string) {
  const whole = new WholeScan(openAiChat, length)
  const passed = pieces.map((piece) => {
    const chunk = Buffer.from(piece)
    const pushed = Buffer.from(whole.push(BodyPiece.ofBytes(chunk)).bytes)
    chunk.fill(0)
    return pushed
  })
  return { whole, passed: Buffer.concat([...passed, whole.end().bytes]) }
}

test.each([
  ['short', 100],
  ['long', 100_000],
])('a %s answer tells its usage wherever it is split, and passes as it is', (_name, length) => {
  const answer = answerOf('"usage" '.repeat(length / 8))
  fc.assert(
    fc.property(fc.array(fc.nat(answer.length), { maxLength: 3 }), (cuts) => {
      const places = [0, ...cuts.toSorted((left, right) => left - right), answer.length]
      const pieces = places.slice(1).map((place, index) => answer.subarray(places[index], place))
      for (const announced of [undefined, String(answer.length)]) {
        const { whole, passed } = scan(pieces, announced)
        expect(passed.equals(answer)).toBe(true)
        expect(whole.usage).toMatchObject({ inputTokens: 9, outputTokens: 2, totalTokens: 11 })
        expect(whole.model).toBe('gpt-4o-1')
      }
    }),
    { numRuns: 30 },
  )
})

test.each([
  ['nothing', ''],
  ['no JSON', '<html>"usage":{"prompt_tokens":1}'],
  ['an array', '[1]'],
  ['an answer that breaks off', answerOf('a').toString().slice(0, -30)],
])('%s tells nothing and passes', (_name, text) => {
  const { whole, passed } = scan([Buffer.from(text)])
  expect(passed.toString()).toBe(text)
  expect([whole.usage, whole.model]).toEqual([undefined, undefined])
})
