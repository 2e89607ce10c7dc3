import type { EndpointTable } from '../../link/endpoint-table.ts'
import type { Connector } from '../upstream/connector.ts'

/** What the runtime of backends stands on. */
export interface BackendServices {
  readonly table: EndpointTable
  readonly workerIndex: number
  readonly connector: Connector
  /** PEM of authorities trusted beside the system's. */
  readonly extraAuthorities: readonly string[]
  now(): number
  random(): number
  /** An endpoint was taken out, for the log. */
  endpointEvent(endpointId: string, event: string): void
}
