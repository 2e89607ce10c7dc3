import { getHeapStatistics } from 'node:v8'
import { BodyPiece } from '../../src/lib/http/body-piece.ts'
import { systemClock } from '../../src/lib/time/clock.ts'
import type { StreamPart } from '../../src/llm/stream-part.ts'
import type { RequestContext, StreamOutput } from '../../src/policies/policy.ts'
import { compileSearches } from '../../src/policies/prompt-guard/redaction/compile-searches.ts'
import {
  type MaskSettings,
  StreamMasker,
} from '../../src/policies/prompt-guard/stream/stream-masker.ts'
import { openAiChat } from '../../src/protocols/openai-chat/index.ts'

/**
 * Events of 512 streamed answers that take turns: read, masked by 30 patterns and every built-in one, and encoded again.
 * Run: node bench/micro/model-events.ts
 */
const streams = 512
const events = 61
const rounds = 8

const head = { id: 'chatcmpl-bench', object: 'chat.completion.chunk' }
const openAiHead = { ...head, created: 1_700_000_000, model: 'gpt-4o-mini-2024-07-18' }
const words = ['The', ' quick', ' brown', ' fox', ' jumps', ' over', ' 12', ' lazy', ' dogs', '.']
const eventOf = (fields: object) => Buffer.from(`data: ${JSON.stringify(fields)}\n\n`)
const shapes: Record<string, (index: number) => Buffer> = {
  plain: () =>
    eventOf({
      ...head,
      choices: [{ index: 0, delta: { content: ' token' }, finish_reason: null }],
    }),
  openai: (index) =>
    eventOf({
      ...openAiHead,
      ...{ service_tier: 'default', system_fingerprint: 'fp_1234567890' },
      choices: [
        {
          ...{ index: 0, delta: { content: words[index % words.length] } },
          ...{ logprobs: null, finish_reason: null },
        },
      ],
      ...{ usage: null, obfuscation: 'aZ3kQ9'.slice(index % 6) },
    }),
}

const searches = compileSearches({
  custom: Array.from({ length: 30 }, (_, index) => ({
    pattern: `secret-${index}-[a-z0-9]{4,12}`,
    name: undefined,
  })),
  detectors: ['credit-card', 'ssn', 'phone-number', 'email'],
})
if ('type' in searches) throw new Error(searches.message)
const options: MaskSettings['options'] = {
  ...{ style: 'label' as const, onOverflow: 'mask' as const },
  ...{ maxHeldBytes: 4096, maxHeldMs: 500 },
}
const origin = { kind: 'Bench', namespace: 'default', name: 'bench' } as never
const settings: MaskSettings = { searches, options, origin, clock: systemClock }

type Take = (chunk: Buffer) => number

function createReadingStream(): Take {
  const reader = openAiChat.createStreamReader('text/event-stream', { hideUsage: false })
  return (chunk) =>
    (reader?.push(BodyPiece.ofBytes(chunk)) ?? []).reduce(
      (sum, part) => sum + part.deltas.length,
      0,
    )
}

function createGuardedStream(): Take {
  const reader = openAiChat.createStreamReader('text/event-stream', { hideUsage: false })
  let bytes = 0
  const output: StreamOutput = {
    emit: (part: StreamPart) => {
      bytes += part.encode().length
    },
    end: () => undefined,
    fail: (error) => {
      throw error
    },
  }
  const masker = new StreamMasker(settings, output, {
    metadata: new Map(),
  } as unknown as RequestContext)
  return (chunk) => {
    for (const part of reader?.push(BodyPiece.ofBytes(chunk)) ?? []) masker.push(part)
    return bytes
  }
}

function createScannedStream(): Take {
  const scan = openAiChat.createUsageScan({ hideUsage: false })
  return (chunk) => scan.push(BodyPiece.ofBytes(chunk)).length
}

function allocatedBytes(): number {
  return (getHeapStatistics() as unknown as { total_allocated_bytes: number }).total_allocated_bytes
}

function measure(create: () => Take, chunks: readonly Buffer[]) {
  const before = process.cpuUsage()
  const allocated = allocatedBytes()
  let sum = 0
  for (let round = 0; round < rounds; round++) {
    const takes = Array.from({ length: streams }, create)
    for (const chunk of chunks) for (const take of takes) sum += take(chunk)
  }
  const { user, system } = process.cpuUsage(before)
  if (sum === 0) throw new Error('no output')
  const count = rounds * streams * chunks.length
  const bytes = (allocatedBytes() - allocated) / count
  return `${((user + system) / count).toFixed(2)} µs, ${bytes.toFixed(0)} B`
}

const steps = {
  scanned: createScannedStream,
  read: createReadingStream,
  guarded: createGuardedStream,
}
for (const [shape, event] of Object.entries(shapes)) {
  const chunks = Array.from({ length: events }, (_, index) => event(index))
  for (const [step, create] of Object.entries(steps)) {
    measure(create, chunks)
    console.log(`${shape}, ${step}: ${measure(create, chunks)} per event`)
  }
}
process.exit(0)
