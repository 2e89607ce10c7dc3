import type { EndpointTable } from '../../../link/endpoint-table.ts'

/** A row of a table: the shared one, or one of its own for an id that has no row there. */
export interface TableRow {
  readonly table: EndpointTable
  readonly row: number
}
