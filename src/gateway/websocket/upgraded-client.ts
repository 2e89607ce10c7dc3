import type { Duplex } from 'node:stream'

/** What an upgrade hands over beside the request. */
export interface UpgradedClient {
  readonly socket: Duplex
  /** What the client sent after its request head. */
  readonly head: Buffer
}
