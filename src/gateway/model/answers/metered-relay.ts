import type { BodyPiece } from '../../../lib/http/body-piece.ts'
import type { UsageScan } from '../../../llm/usage-scan.ts'
import type { AnswerRelay } from '../../response/answer-relay.ts'
import type { ResponseRelay } from '../../response/response-relay.ts'
import type { UsageMeter } from './usage-meter.ts'

/** Hands an answer on while it is scanned for what it has used. */
export class MeteredRelay implements AnswerRelay {
  readonly #relay: ResponseRelay
  readonly #scan: UsageScan
  readonly #meter: UsageMeter

  constructor(relay: ResponseRelay, scan: UsageScan, meter: UsageMeter) {
    this.#relay = relay
    this.#scan = scan
    this.#meter = meter
    meter.follow(scan)
  }

  get committed(): boolean {
    return true
  }

  push(piece: BodyPiece): void {
    const passed = this.#scan.push(piece)
    // What says how much it has used need not be counted.
    if (!(this.#scan.isWhole && this.#scan.usage)) this.#meter.keep(piece.bytes)
    if (passed.length > 0) this.#relay.push(passed)
  }

  end(trailers: readonly string[]): void {
    const rest = this.#scan.end()
    this.#meter.end()
    if (rest.length > 0) this.#relay.push(rest)
    this.#relay.end(trailers)
  }
}
