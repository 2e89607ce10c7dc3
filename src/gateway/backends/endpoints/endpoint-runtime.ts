import { isIP } from 'node:net'
import type { Endpoint } from '../../../ir/backend.ts'
import type { CompiledProvider } from '../../../providers/provider.ts'
import type { UpstreamClient } from '../../upstream/upstream-client.ts'
import type { TableRow } from './table-row.ts'

/** What an endpoint needs of its backend. */
export interface EndpointParts {
  readonly row: TableRow
  readonly workerIndex: number
  readonly provider: CompiledProvider | undefined
  createClient(http2: boolean): UpstreamClient
}

/** One endpoint as requests use it. */
export class EndpointRuntime {
  readonly config: Endpoint
  /** `host:port`. */
  readonly hostPort: string
  /** True: `config.host` is a DNS name. */
  readonly hasName: boolean
  readonly row: TableRow
  /** Set: it is a provider of language models. */
  readonly provider: CompiledProvider | undefined
  readonly #parts: EndpointParts
  readonly #clients: [UpstreamClient | undefined, UpstreamClient | undefined] = [
    undefined,
    undefined,
  ]

  constructor(config: Endpoint, parts: EndpointParts) {
    this.config = config
    this.hostPort = `${config.host}:${config.port}`
    this.hasName = isIP(config.host) === 0
    this.row = parts.row
    this.provider = parts.provider
    this.#parts = parts
  }

  client(http2: boolean): UpstreamClient {
    const index = http2 ? 1 : 0
    const known = this.#clients[index]
    if (known !== undefined) return known
    const client = this.#parts.createClient(http2)
    this.#clients[index] = client
    return client
  }

  /** Counts a try that begins (1) or ends (-1). */
  countRequest(by: 1 | -1): void {
    const { table, row } = this.row
    table.count(row, 'activeRequests', { worker: this.#parts.workerIndex, by })
  }

  activeRequests(): number {
    return this.row.table.total(this.row.row, 'activeRequests')
  }

  isAvailable(nowMs: number): boolean {
    const { table, row } = this.row
    return table.isHealthy(row) && table.ejectedUntilMs(row) <= nowMs
  }
}
