import { spawn } from 'node:child_process'
import { join } from 'node:path'

export interface LoadOptions {
  readonly url: string
  readonly connections: number
  readonly seconds: number
  /** Name of a Lua script in `bench/load`. */
  readonly script: string
  readonly core: string
  readonly threads?: number
  /** For the script. */
  readonly environment?: Readonly<Record<string, string>>
}

/** V8 compiles what is hot for as long: calls to models cost twice as much in the first second as in the fifth. */
export const warmUpSeconds = 5

export interface LoadResult {
  readonly requests: number
  readonly requestsPerSecond: number
  readonly p50Micros: number
  readonly p99Micros: number
  readonly maxMicros: number
  /** Answers that were not the expected status and body. */
  readonly wrong: number
}

/** Runs wrk once; the script prints one JSON line when it is done. */
export function runWrk({
  url,
  connections,
  seconds,
  script,
  core,
  threads = 1,
  environment = {},
}: LoadOptions): Promise<LoadResult> {
  const file = join(import.meta.dirname, '../../load', script)
  const child = spawn(
    'taskset',
    [
      '-c',
      core,
      'wrk',
      `-t${threads}`,
      `-c${connections}`,
      `-d${seconds}s`,
      '--timeout',
      '10s',
      '-s',
      file,
      url,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...environment } },
  )
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => {
      const line = output.split('\n').find((each) => each.startsWith('{'))
      if (line === undefined) reject(new Error(`wrk gave no result:\n${output}`))
      else resolve(JSON.parse(line) as LoadResult)
    })
  })
}
