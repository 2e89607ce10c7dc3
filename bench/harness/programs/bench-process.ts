import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Clock ticks per second of `/proc` times on every Linux that Node runs on. */
const ticksPerSecond = 100

export interface BenchProcess {
  readonly pid: number
  /** CPU time of the process and its children so far, user and system, in microseconds. */
  cpuMicros(): number
  /** Resident memory in bytes, children included. */
  residentBytes(): number
  stop(): Promise<void>
}

function processTree(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  if (children === '') return [pid]
  return [pid, ...children.split(' ').flatMap((child) => processTree(Number(child)))]
}

function ticksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name stands in parentheses and may hold spaces; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11]) + Number(fields[12])
}

function residentBytesOf(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(line?.[1] ?? 0) * 1024
}

const running = new Set<ChildProcess>()

// A bench that is interrupted leaves nothing behind that the next one would measure.
process.once('exit', () => {
  for (const child of running) child.kill('SIGTERM')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

/** Starts a program pinned to `cores` (such as `0` or `0,1`); its output goes to our standard error. */
export function startPinned(
  cores: string,
  command: string,
  parameters: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): BenchProcess & { readonly child: ChildProcess } {
  const child = spawn('taskset', ['-c', cores, command, ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${command} did not start; is it installed?`)
  running.add(child)
  const exited = new Promise<void>((resolve) =>
    child.once('exit', () => {
      running.delete(child)
      resolve()
    }),
  )
  return {
    child,
    pid,
    cpuMicros: () =>
      processTree(pid).reduce((sum, each) => sum + ticksOf(each), 0) * (1_000_000 / ticksPerSecond),
    residentBytes: () => processTree(pid).reduce((sum, each) => sum + residentBytesOf(each), 0),
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** Time that one core was busy, and time that passed, in clock ticks since the machine started. */
function readCoreTimes(core: number): { readonly busy: number; readonly total: number } {
  const line = new RegExp(`^cpu${core} (.+)$`, 'm').exec(readFileSync('/proc/stat', 'utf8'))
  const fields = (line?.[1] ?? '').trim().split(/\s+/).map(Number)
  const total = fields.slice(0, 8).reduce((sum, value) => sum + value, 0)
  return { busy: total - (fields[3] ?? 0) - (fields[4] ?? 0), total }
}

/** Starts to watch a core; the function it returns says how much of the time since then it was idle, in percent. */
export function watchCore(core: number): () => number {
  const before = readCoreTimes(core)
  return () => {
    const after = readCoreTimes(core)
    return 100 * (1 - (after.busy - before.busy) / (after.total - before.total))
  }
}
