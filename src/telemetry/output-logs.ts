import { type AccessLog, openOutput } from './access-log.ts'

type Output = 'stdout' | 'stderr'

/** The outputs of the process as logs, each opened when the first line comes. */
export class OutputLogs {
  readonly #open: (output: Output) => AccessLog
  readonly #logs = new Map<Output, AccessLog>()

  constructor(open: (output: Output) => AccessLog = openOutput) {
    this.#open = open
  }

  writeLine(output: Output, line: string): void {
    let log = this.#logs.get(output)
    if (log === undefined) {
      log = this.#open(output)
      this.#logs.set(output, log)
    }
    log.writeLine(line)
  }

  get lostLines(): number {
    return [...this.#logs.values()].reduce((sum, { losses }) => sum + losses.lostLines, 0)
  }

  /** Writes what is left, as far as the outputs take it. */
  async close(): Promise<void> {
    await Promise.all([...this.#logs.values()].map((log) => log.close()))
  }
}
