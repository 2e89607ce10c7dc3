import type { Client } from 'undici'

/** One connection, kept by undici; reconnects when it is used again after it was closed. */
export class PooledConnection {
  readonly client: Client
  /** Requests running on it. */
  active = 0
  /** Answers that came over the socket it has; 0 when there is no socket yet. */
  answered = 0
  connected = false

  constructor(client: Client) {
    this.client = client
  }
}
