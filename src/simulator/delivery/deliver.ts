import type { Answer, CompleteAnswer, StreamAnswer } from '../provider.ts'
import type { RequestOutcome } from '../recording/request-log.ts'
import type { ResponseWriter } from './connection.ts'
import type { Failure } from './failure.ts'

/** Waits, or rejects when the signal aborts. */
export type Wait = (durationMs: number, signal: AbortSignal) => Promise<void>

export interface Pacing {
  readonly timeToFirstTokenMs: number
  readonly interTokenLatencyMs: number
}

/** How one answer goes out. */
export interface Delivery {
  readonly response: ResponseWriter
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal
  readonly wait: Wait
  readonly pacing: Pacing
  readonly failure: Exclude<Failure, { type: 'status' }> | undefined
  readonly reset: () => void
  readonly cut: () => void
}

/** Events of a stream that go out before it is cut, unless somebody says how many. */
const eventsBeforeCut = 3

/** Sends an answer as paced as a model generates it, or breaks it as demanded; never rejects for a client that left. */
export async function deliver(answer: Answer, delivery: Delivery): Promise<RequestOutcome> {
  const progress = { status: 0, events: 0 }
  try {
    const end = await send(answer, delivery, progress)
    return { end, ...progress }
  } catch (error) {
    if (!delivery.signal.aborted) throw error
    const end = delivery.failure?.type === 'stall' ? 'stall' : 'client-closed'
    return { end, ...progress }
  }
}

interface Progress {
  status: number
  events: number
}

async function send(
  answer: Answer,
  delivery: Delivery,
  progress: Progress,
): Promise<RequestOutcome['end']> {
  const { failure } = delivery
  if (failure?.afterEvents === undefined && failure !== undefined && failure.type !== 'cut') {
    return fail(failure.type, delivery)
  }
  return answer.type === 'stream'
    ? sendStream(answer, delivery, progress)
    : sendComplete(answer, delivery, progress)
}

async function fail(type: 'reset' | 'stall' | 'cut', delivery: Delivery): Promise<'reset' | 'cut'> {
  if (type === 'stall') await untilAborted(delivery.signal)
  if (type === 'reset') delivery.reset()
  else delivery.cut()
  return type === 'reset' ? 'reset' : 'cut'
}

async function sendComplete(
  answer: CompleteAnswer,
  delivery: Delivery,
  progress: Progress,
): Promise<RequestOutcome['end']> {
  const { response, failure, pacing } = delivery
  const laterTokens = Math.max(0, answer.generatedTokens - 1)
  if (answer.generatedTokens > 0) {
    await pause(pacing.timeToFirstTokenMs + laterTokens * pacing.interTokenLatencyMs, delivery)
  }
  const contentLength = Buffer.byteLength(answer.body)
  response.writeHead(answer.status, { ...answer.headers, 'content-length': String(contentLength) })
  progress.status = answer.status
  if (failure === undefined) {
    await write(answer.body, delivery)
    response.end()
    return 'answered'
  }
  await write(answer.body.slice(0, Math.floor(answer.body.length / 2)), delivery)
  await flushed(delivery)
  return fail(failure.type, delivery)
}

async function sendStream(
  answer: StreamAnswer,
  delivery: Delivery,
  progress: Progress,
): Promise<RequestOutcome['end']> {
  const { response, failure, pacing } = delivery
  const failAfter = failure === undefined ? undefined : (failure.afterEvents ?? eventsBeforeCut)
  let started = false
  for (const event of answer.events) {
    if (failAfter !== undefined && progress.events >= failAfter) break
    if (event.paced) {
      await pause(started ? pacing.interTokenLatencyMs : pacing.timeToFirstTokenMs, delivery)
      started = true
    }
    delivery.signal.throwIfAborted()
    // The head goes out with the first token, as from a server that waits for its model.
    if (progress.status === 0) response.writeHead(answer.status, answer.headers)
    progress.status = answer.status
    await write(event.data, delivery)
    progress.events++
  }
  if (failure === undefined) {
    response.end()
    return 'answered'
  }
  if (progress.status === 0) {
    response.writeHead(answer.status, answer.headers)
    progress.status = answer.status
    response.flushHeaders?.()
  }
  await flushed(delivery)
  return fail(failure.type, delivery)
}

async function pause(durationMs: number, { wait, signal }: Delivery): Promise<void> {
  if (durationMs > 0) await wait(durationMs, signal)
}

/** Writes, and waits while the client is slower than the model. */
async function write(data: string | Uint8Array, { response, signal }: Delivery): Promise<void> {
  signal.throwIfAborted()
  if (response.write(data)) return
  await new Promise<void>((resolve, reject) => {
    const drained = () => {
      signal.removeEventListener('abort', aborted)
      resolve()
    }
    const aborted = () => {
      response.off('drain', drained)
      reject(signal.reason)
    }
    response.once('drain', drained)
    signal.addEventListener('abort', aborted, { once: true })
  })
}

/** Gives what was written the time to leave the process before the connection breaks. */
async function flushed({ signal }: Delivery): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setImmediate(resolve))
    signal.throwIfAborted()
  }
}

async function untilAborted(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted()
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
