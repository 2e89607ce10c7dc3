import type { Origin } from '../../../ir/origin.ts'
import type { GuardedStream } from '../../../ir/policies/prompt-guard.ts'
import type { StreamPart } from '../../../llm/stream-part.ts'
import type { TextSlot } from '../../../llm/text-slot.ts'
import { recordGuard } from '../../guard-record.ts'
import type { RequestContext, StreamEditor } from '../../policy.ts'
import { heldTooMuch, unjudgedAnswer } from '../failures.ts'
import type { Webhook } from '../services/webhook.ts'
import { segmentLength } from './segment.ts'
import type { StreamMasker } from './stream-masker.ts'

export interface WebhookEditorOptions {
  readonly masker: StreamMasker
  readonly webhook: Webhook
  readonly context: RequestContext
  readonly origin: Origin
  readonly stream: GuardedStream
}

/** The text of a channel that the webhook has not judged. */
interface Waiting {
  text: string
  role: string
  part: StreamPart
}

/** Of a provider that is faster than the webhook no more is kept. */
const maxWaitingBytes = 16 * 1024 * 1024

/** What an event takes in memory beside its texts, about. */
const bytesPerEvent = 1024

function sizeOf({ deltas, repeats }: StreamPart): number {
  let size = bytesPerEvent
  for (const { text } of deltas) size += text.length * 2
  for (const { text } of repeats) size += text.length * 2
  return size
}

/**
 * Asks a webhook about the texts of a streamed answer, sentence by sentence, and hands on to a masker what it leaves.
 * Events wait for the verdicts over those before them.
 */
export class WebhookEditor implements StreamEditor {
  readonly #options: WebhookEditorOptions
  readonly #waiting = new Map<string, Waiting>()
  /** Never rejects. */
  #work: Promise<void> = Promise.resolve()
  /** Of events that wait for their turn. */
  #waitingBytes = 0
  #isAborted = false

  constructor(options: WebhookEditorOptions) {
    this.#options = options
  }

  push(part: StreamPart): void {
    const size = sizeOf(part)
    this.#waitingBytes += size
    if (this.#waitingBytes > maxWaitingBytes) {
      this.#options.masker.fail(heldTooMuch(this.#options.origin))
      return
    }
    this.#enqueue(async () => {
      this.#waitingBytes -= size
      await this.#judgePart(part)
    })
  }

  end(): void {
    this.#enqueue(async () => {
      for (const name of [...this.#waiting.keys()]) await this.#judgeRest(name)
      this.#options.masker.end()
    })
  }

  abort(): void {
    this.#isAborted = true
    this.#options.masker.abort()
  }

  get #isOver(): boolean {
    return this.#isAborted || this.#options.masker.isOver
  }

  #enqueue(task: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#isOver) return
      try {
        await task()
      } catch (error) {
        this.#fail(String(error))
      }
    })
  }

  async #judgePart(part: StreamPart): Promise<void> {
    const { masker } = this.#options
    const texts = new Map<TextSlot, string>()
    if (part.known) {
      for (const slot of part.deltas) texts.set(slot, await this.#judgeDelta(slot, part))
      const closed = part.closesAll ? [...this.#waiting.keys()] : part.closes
      for (const name of closed) await this.#judgeClosed(name, part, texts)
      for (const slot of part.repeats) {
        texts.set(slot, await this.#judge(slot.text, slot.role ?? 'assistant'))
      }
    }
    masker.push(part, texts)
  }

  async #judgeDelta(slot: TextSlot, part: StreamPart): Promise<string> {
    const waiting = this.#waiting.get(slot.channel) ?? { text: '', role: 'assistant', part }
    waiting.text += slot.text
    waiting.part = part
    waiting.role = slot.role ?? waiting.role
    this.#waiting.set(slot.channel, waiting)
    const isTooMuch = Buffer.byteLength(waiting.text) > this.#options.stream.maxHeldBytes
    const length = isTooMuch ? waiting.text.length : segmentLength(waiting.text)
    const segment = waiting.text.slice(0, length)
    waiting.text = waiting.text.slice(length)
    return await this.#judge(segment, waiting.role)
  }

  /** Judges what waits of a channel that ends with `part`, and puts it into its last place there if it has one. */
  async #judgeClosed(name: string, part: StreamPart, texts: Map<TextSlot, string>): Promise<void> {
    const slot = part.deltas.findLast(({ channel }) => channel === name)
    if (slot === undefined) {
      await this.#judgeRest(name)
      return
    }
    const waiting = this.#waiting.get(name)
    this.#waiting.delete(name)
    const rest = waiting === undefined ? '' : await this.#judge(waiting.text, waiting.role)
    texts.set(slot, (texts.get(slot) ?? '') + rest)
  }

  async #judgeRest(name: string): Promise<void> {
    const waiting = this.#waiting.get(name)
    this.#waiting.delete(name)
    if (waiting === undefined) return
    const text = await this.#judge(waiting.text, waiting.role)
    this.#options.masker.insert(name, text, waiting.part)
  }

  /** What the webhook leaves of `text`; empty when the stream has failed for want of a verdict. */
  async #judge(text: string, role: string): Promise<string> {
    if (text === '' || this.#isOver) return ''
    const { webhook, context } = this.#options
    const verdict = await webhook.judgeResponse([{ role, content: text }], context)
    if (verdict.type === 'no-answer') {
      this.#fail(verdict.reason)
      return ''
    }
    const [judged = text] = verdict.type === 'mask' ? verdict.contents : []
    recordGuard(context, { masked: judged === text ? 0 : 1, overflows: 0 })
    return judged
  }

  #fail(reason: string): void {
    this.#options.masker.fail(unjudgedAnswer(this.#options.origin, reason))
  }
}
