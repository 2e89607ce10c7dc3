import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BodyPiece } from '../../lib/http/body-piece.ts'
import {
  describePart,
  editWholeTexts,
  readParts,
  splits,
  textsOf,
} from '../shared/testing/split-stream.ts'
import { geminiGenerateContent } from './index.ts'

const recorded = (name: string) => readFileSync(join(import.meta.dirname, 'testdata', name))
const events = { format: geminiGenerateContent }
const array = { format: geminiGenerateContent, contentType: 'application/json; charset=UTF-8' }
const cases = [
  ['answer.sse', events],
  ['answer.json', array],
] as const

const usage = (inputTokens: number, outputTokens: number, reasoningTokens: number) => ({
  inputTokens,
  outputTokens,
  totalTokens: inputTokens + outputTokens,
  cachedInputTokens: 0,
  reasoningTokens,
  estimated: false,
})

describe.each(cases)('the recorded stream %s', (name, testCase) => {
  const bytes = recorded(name)
  const meaningful = (chunks: readonly Buffer[]) =>
    readParts(testCase, chunks)
      .map(describePart)
      .filter((part) => Object.keys(part).length > 0 && part['closesAll'] !== true)

  test('tells texts, thoughts, whole arguments, ends and usage', () => {
    expect(meaningful([bytes])).toEqual([
      { deltas: ['candidate 0 thought: Let me think'], usage: usage(8, 0, 0) },
      { deltas: ['candidate 0: Grü', 'candidate 0: ße'], usage: usage(8, 8, 5) },
      {
        repeats: [
          'candidate 0 functionCall args 0: card',
          'candidate 0 functionCall args 1: 5100',
          'candidate 0 functionCall args 2: list',
          'candidate 0 functionCall args 3: x',
          'candidate 0 functionCall args 4: sum',
        ],
      },
      {
        deltas: ['candidate 0:  you]}"'],
        closes: ['candidate 0 thought', 'candidate 0'],
        repeats: ['candidate 0 groundingMetadata groundingSupports segment: Grüße you'],
        usage: { ...usage(8, 11, 5), cachedInputTokens: 2 },
      },
    ])
  })

  test('gives the same parts and bytes however it is split', () => {
    const seen = (chunks: readonly Buffer[]) =>
      readParts(testCase, chunks).map((part) => [
        describePart(part),
        part.encode().bytes.toString(),
      ])
    const whole = seen([bytes])
    expect(whole.map(([, text]) => text).join('')).toBe(bytes.toString())
    for (const chunks of splits(bytes)) expect(seen(chunks)).toEqual(whole)
  })

  test('can be held back and changed, text by text', () => {
    const edited = editWholeTexts(testCase, [bytes], (text) => `<${text}">`)
    expect([...textsOf(testCase, [edited])].filter(([, text]) => text !== '')).toEqual([
      ['candidate 0 thought', '<Let me think">'],
      ['candidate 0', '<Grüße you]}"">'],
    ])
    expect(edited.toString()).toContain(
      '{"<card\\">":"<5100\\">","<list\\">":["<x\\">"],"<sum\\">":1.50}',
    )
    if (testCase === array) expect(() => JSON.parse(edited.toString())).not.toThrow()
  })

  test('loses its log probabilities when repetitions are dropped', () => {
    const parts = readParts(testCase, [bytes])
    for (const part of parts) part.dropRepetitions()
    const text = Buffer.concat(parts.map((part) => part.encode().bytes)).toString()
    expect(text).not.toContain('logprobsResult')
    expect(text).toContain('"avgLogprobs":-0.10')
  })

  test('has its usage and model found by the scan, however it is split', () => {
    for (const chunks of splits(bytes)) {
      const scan = geminiGenerateContent.createUsageScan({ hideUsage: false })
      for (const chunk of chunks) scan.push(BodyPiece.ofBytes(chunk))
      expect([scan.usage?.totalTokens, scan.model]).toEqual([19, 'gemini-2.5-flash'])
    }
  })
})

describe('a stream', () => {
  const say = (json: string, testCase: typeof events | typeof array = events) =>
    readParts(testCase, [Buffer.from(testCase === array ? json : `data: ${json}\n\n`)]).map(
      describePart,
    )

  test('reports errors, in an array, alone and as an event', () => {
    const error = { code: 503, message: 'Overloaded.', status: 'UNAVAILABLE' }
    const said = {
      error: 'Overloaded.',
      closesAll: true,
      repeats: ['answer error message: Overloaded.'],
    }
    expect(say(JSON.stringify({ error }))).toEqual([said])
    expect(say(JSON.stringify({ error }), array)).toEqual([said])
    expect(say(JSON.stringify([{ error }]), array)).toEqual([{}, said, { closesAll: true }])
  })

  test('passes a refused prompt, and nothing else that has text in no candidate', () => {
    const refused = { promptFeedback: { blockReason: 'SAFETY', safetyRatings: [] } }
    expect(say(JSON.stringify(refused))[0]).not.toHaveProperty('known')
    expect(say('{"usageMetadata":{"promptTokenCount":1}}')[0]).not.toHaveProperty('known')
    expect(say('{"words":"x"}')[0]).toMatchObject({ known: false })
    expect(say('[{"candidates":[', array).at(-1)).toEqual({ known: false })
    expect(say('"x"]', array).at(-1)).toEqual({ known: false })
  })

  test('takes a part of an unknown kind for text', () => {
    const parts = [{ musing: { text: 'x' } }]
    const json = JSON.stringify({ candidates: [{ index: 2, content: { parts } }] })
    expect(say(json)).toEqual([{ deltas: ['candidate 2 musing: x'] }])
    const [part] = readParts(events, [Buffer.from(`data: ${json}\n\n`)])
    expect(part?.createDelta('candidate 2 musing', 'y').encode().bytes.toString()).toBe(
      'data: {"candidates":[{"index":2,"content":{"role":"model","parts":[{"musing":{"text":"y"}}]}}]}\n\n',
    )
  })
})
