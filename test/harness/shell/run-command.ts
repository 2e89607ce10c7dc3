import { spawn } from 'node:child_process'
import { join } from 'node:path'

export interface CommandRun {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly cwd?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** The `sluice` of this checkout, as people run it. */
export const sluiceCommand = join(import.meta.dirname, '../../../bin/sluice')

/** Runs a command to its end, with nothing on its standard input. One that does not end is killed after a while. */
export function runCommand(
  [program = '', ...parameters]: readonly string[],
  { cwd, environment }: CommandOptions = {},
): Promise<CommandRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 25_000,
      killSignal: 'SIGKILL',
    })
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text
      })
    }
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, ...output }))
  })
}
