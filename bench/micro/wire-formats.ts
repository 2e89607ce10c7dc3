import { BodyPiece } from '../../src/lib/http/body-piece.ts'
import { readJsonObject } from '../../src/lib/json/read-json-object.ts'
import type { WireFormat } from '../../src/llm/wire-format.ts'
import { anthropicMessages } from '../../src/protocols/anthropic-messages/index.ts'
import { openAiChat } from '../../src/protocols/openai-chat/index.ts'

/**
 * Reading bodies and streams of models: strict reading of small and large requests, usage of streams nobody edits, streams read
 * part by part. Run: node bench/micro/wire-formats.ts
 */

/** Microseconds per call, the best of nine runs: whatever else the machine does only adds. */
function measure(name: string, rounds: number, work: () => void): void {
  const runs = Array.from({ length: 9 }, () => {
    const start = process.hrtime.bigint()
    for (let round = 0; round < rounds; round += 1) work()
    return Number(process.hrtime.bigint() - start) / rounds / 1000
  })
  console.log(`${name.padEnd(58)} ${Math.min(...runs).toFixed(2)} µs`)
}

const chatRequest = (content: unknown) =>
  Buffer.from(JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }] }))

function measureRequests(): void {
  const small = chatRequest('x'.repeat(220))
  measure('JSON.parse of a request of 300 bytes', 20_000, () => {
    JSON.parse(small.toString())
  })
  measure('strict reading of a request of 300 bytes', 20_000, () => {
    readJsonObject(small)
  })
  const image = {
    type: 'image_url',
    image_url: { url: `data:image/png;base64,${'QUJD'.repeat(2_500_000)}` },
  }
  const turns = Array.from({ length: 40_000 }, (_, index) => ({
    type: 'text',
    text: `Say "${index}" é\n`.repeat(10),
  }))
  for (const [name, content] of [
    ['one image', [image]],
    ['40,000 texts', turns],
  ] as const) {
    const large = chatRequest(content)
    const size = `${(large.length / 1e6).toFixed(1)} MB, ${name}`
    measure(`JSON.parse of ${size}`, 1, () => {
      JSON.parse(large.toString())
    })
    measure(`strict reading of ${size}`, 1, () => {
      readJsonObject(large)
    })
  }
}

const chatChunk = (choices: unknown, usage: unknown) => {
  const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1763600000 }
  const chunk = { ...head, model: 'gpt-4o-mini', service_tier: 'default', choices, usage }
  return Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`)
}

function chatStream(): Buffer[] {
  const delta = (content: string) => [
    { index: 0, delta: { content }, logprobs: null, finish_reason: null },
  ]
  const usage = { prompt_tokens: 19, completion_tokens: 48, total_tokens: 67 }
  const texts = Array.from({ length: 48 }, (_, index) => chatChunk(delta(` word${index}`), null))
  return [...texts, chatChunk([], usage), Buffer.from('data: [DONE]\n\n')]
}

function anthropicStream(): Buffer[] {
  const event = (type: string, rest: object) =>
    Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`)
  const message = {
    id: 'msg_1',
    role: 'assistant',
    model: 'claude',
    usage: { input_tokens: 25, output_tokens: 1 },
  }
  const text = (word: string) => ({ index: 0, delta: { type: 'text_delta', text: word } })
  return [
    event('message_start', { message }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    ...Array.from({ length: 45 }, (_, index) =>
      event('content_block_delta', text(` word${index}`)),
    ),
    event('content_block_stop', { index: 0 }),
    event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 45 } }),
    event('message_stop', {}),
  ]
}

function measureStream(name: string, format: WireFormat, events: readonly Buffer[]): void {
  const whole = Buffer.concat(events)
  for (const [how, chunks] of [
    ['one segment', [whole]],
    ['a segment each', events],
  ] as const) {
    for (const hideUsage of [false, true]) {
      const hiding = hideUsage ? ', its report hidden' : ''
      measure(`${name}, 50 events in ${how}: usage${hiding}`, 500, () => {
        const scan = format.createUsageScan({ hideUsage })
        for (const chunk of chunks) scan.push(BodyPiece.ofBytes(chunk))
        scan.end()
        if (scan.usage === undefined) throw new Error('no usage')
      })
    }
    measure(`${name}, 50 events in ${how}: all parts`, 500, () => {
      const reader = format.createStreamReader('text/event-stream', { hideUsage: false })
      for (const chunk of chunks)
        for (const part of reader?.push(BodyPiece.ofBytes(chunk)) ?? []) part.encode()
    })
  }
  measure(`${name}, 50 events: all texts replaced`, 500, () => {
    const reader = format.createStreamReader('text/event-stream', { hideUsage: false })
    for (const part of reader?.push(BodyPiece.ofBytes(whole)) ?? []) {
      for (const slot of part.deltas) slot.replace(`${slot.text}.`)
      part.encode()
    }
  })
}

function measureAnswers(): void {
  const message = { role: 'assistant', content: 'x'.repeat(500), refusal: null }
  const usage = { prompt_tokens: 19, completion_tokens: 48, total_tokens: 67 }
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }]
  const answer = Buffer.from(
    JSON.stringify({ id: 'c', object: 'chat.completion', model: 'm', choices, usage }),
  )
  measure(`whole answer of ${answer.length} bytes: usage`, 20_000, () => {
    openAiChat.createUsageScan({ hideUsage: false }).push(BodyPiece.ofBytes(answer))
  })
}

measureRequests()
measureAnswers()
measureStream('chat', openAiChat, chatStream())
measureStream('messages', anthropicMessages, anthropicStream())
