/** What each worker counts for itself per row; readers add the workers up. */
const gauges = ['activeRequests', 'activeConnections', 'pendingRequests', 'activeRetries'] as const

/** A quantity counted over the whole process. */
export type EndpointGauge = (typeof gauges)[number]

const gaugeIndex: Readonly<Record<EndpointGauge, number>> = {
  activeRequests: 0,
  activeConnections: 1,
  pendingRequests: 2,
  activeRetries: 3,
}

const fields = {
  consecutive5xx: 0,
  consecutiveGatewayFailures: 1,
  ejectedUntil: 2,
  ejectionCount: 3,
  unhealthy: 4,
} as const

/** State of an endpoint that every thread sees. */
export type EndpointField = keyof typeof fields

const headerLength = 8
const fieldsPerRow = 8
const versionSlot = 4

/** How many endpoints and backends a table holds, and how many workers count in it. */
export interface EndpointTableSize {
  readonly rows: number
  readonly workers: number
}

/** The key under which a backend's own row is allocated: its circuit breaker counts there. */
export function backendRowKey(backendId: string): string {
  return `backend ${backendId}`
}

/**
 * Health, outlier and circuit-breaker state of endpoints, in memory that all threads share. Rows are given
 * out by {@link EndpointRowAllocator} on the control thread. A worker counts only in its own column, so
 * that what a dead worker had counted can be taken back.
 */
export class EndpointTable {
  readonly memory: SharedArrayBuffer
  readonly rows: number
  readonly workers: number
  readonly #cells: Int32Array
  readonly #stateStart: number
  readonly #epochMs: number

  /** A table over memory that {@link EndpointTable.create} made, here or in another thread. */
  constructor(memory: SharedArrayBuffer) {
    this.memory = memory
    this.#cells = new Int32Array(memory)
    this.rows = this.#cells[0] ?? 0
    this.workers = this.#cells[1] ?? 0
    this.#epochMs = new Float64Array(memory, 8, 1)[0] ?? 0
    this.#stateStart = headerLength
  }

  /** New zeroed memory. Times in the table count from `epochMs`. */
  static create(size: EndpointTableSize, epochMs: number): EndpointTable {
    const cells = headerLength + size.rows * (fieldsPerRow + size.workers * gauges.length)
    const memory = new SharedArrayBuffer(cells * 4)
    const header = new Int32Array(memory)
    header[0] = size.rows
    header[1] = size.workers
    new Float64Array(memory, 8, 1)[0] = epochMs
    return new EndpointTable(memory)
  }

  get(row: number, field: EndpointField): number {
    return Atomics.load(this.#cells, this.#fieldAt(row, field))
  }

  set(row: number, field: EndpointField, value: number): void {
    Atomics.store(this.#cells, this.#fieldAt(row, field), value)
  }

  /** Adds to a field and returns what it is then. */
  add(row: number, field: EndpointField, amount: number): number {
    return Atomics.add(this.#cells, this.#fieldAt(row, field), amount) + amount
  }

  /** Takes the endpoint out of or back into rotation for an active health check. */
  setHealthy(row: number, healthy: boolean): void {
    this.set(row, 'unhealthy', healthy ? 0 : 1)
    this.touch()
  }

  isHealthy(row: number): boolean {
    return this.get(row, 'unhealthy') === 0
  }

  /** Milliseconds since the Unix epoch; 0 when the endpoint was never ejected. Exact to 100 ms. */
  ejectedUntilMs(row: number): number {
    const ticks = this.get(row, 'ejectedUntil')
    return ticks === 0 ? 0 : this.#epochMs + ticks * 100
  }

  setEjectedUntilMs(row: number, timeMs: number): void {
    // 32 bits of 100 ms since the table was made last for six years.
    this.set(row, 'ejectedUntil', Math.max(1, Math.ceil((timeMs - this.#epochMs) / 100)))
    this.touch()
  }

  /** Changes whenever the health or ejection of any row may have changed. */
  version(): number {
    return Atomics.load(this.#cells, versionSlot)
  }

  /** Tells readers that cached views of health are stale. */
  touch(): void {
    Atomics.add(this.#cells, versionSlot, 1)
  }

  /** Adds to this worker's own count. */
  count(row: number, gauge: EndpointGauge, change: { worker: number; by: number }): void {
    Atomics.add(this.#cells, this.#gaugeAt(change.worker, row, gauge), change.by)
  }

  /** The sum over all workers. */
  total(row: number, gauge: EndpointGauge): number {
    let sum = 0
    for (let worker = 0; worker < this.workers; worker += 1) {
      sum += Atomics.load(this.#cells, this.#gaugeAt(worker, row, gauge))
    }
    return sum
  }

  /** Forgets what a worker that died had counted. */
  clearWorker(worker: number): void {
    const start = this.#gaugeAt(worker, 0, 'activeRequests')
    for (let cell = start; cell < start + this.rows * gauges.length; cell += 1) {
      Atomics.store(this.#cells, cell, 0)
    }
  }

  /** Makes a row as new, for its next owner. */
  clearRow(row: number): void {
    for (let field = 0; field < fieldsPerRow; field += 1) {
      Atomics.store(this.#cells, this.#stateStart + row * fieldsPerRow + field, 0)
    }
    this.touch()
  }

  #fieldAt(row: number, field: EndpointField): number {
    return this.#stateStart + row * fieldsPerRow + fields[field]
  }

  #gaugeAt(worker: number, row: number, gauge: EndpointGauge): number {
    const columns = this.#stateStart + this.rows * fieldsPerRow
    return columns + (worker * this.rows + row) * gauges.length + gaugeIndex[gauge]
  }
}

/** Gives rows of the table to ids; the control thread owns the only one. */
export class EndpointRowAllocator {
  readonly #table: EndpointTable
  readonly #rowById = new Map<string, number>()
  readonly #free: number[] = []
  #next = 0

  constructor(table: EndpointTable) {
    this.#table = table
  }

  /**
   * Rows for exactly these ids: known ones keep theirs, new ones get a cleared one, and what is no longer
   * named becomes free. An id without a row (the table is full) works without shared state.
   */
  assign(ids: Iterable<string>): ReadonlyMap<string, number> {
    const wanted = new Set(ids)
    for (const [id, row] of this.#rowById) {
      if (wanted.has(id)) continue
      this.#rowById.delete(id)
      this.#free.push(row)
    }
    for (const id of wanted) {
      if (!this.#rowById.has(id)) this.#take(id)
    }
    return new Map(this.#rowById)
  }

  #take(id: string): void {
    const row = this.#free.shift() ?? (this.#next < this.#table.rows ? this.#next++ : undefined)
    if (row === undefined) return
    this.#table.clearRow(row)
    this.#rowById.set(id, row)
  }
}
