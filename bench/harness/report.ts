import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import type { Measurement } from './scenario.ts'

const number = (value: number | undefined) =>
  value === undefined || Number.isNaN(value)
    ? '–'
    : value >= 1000
      ? value.toFixed(0)
      : value.toPrecision(3)

/** Above this before a run, other programs use the cores. */
export const quietLoadAverage = 1

/** The measurements as a Markdown table; `isShared` when other programs used the cores meanwhile. */
export function formatTable(measurements: readonly Measurement[], isShared: boolean): string {
  const no = isShared ? 'NO, cores shared' : 'NO'
  const header = '| scenario | figure | direct | nginx | sluice | ratio | budget | holds |'
  const rows = measurements.map((each) => {
    const verdict =
      each.invalid === undefined ? (each.holds ? 'yes' : no) : `invalid: ${each.invalid}`
    const cells = [
      ...[each.scenario, `${each.figure} (${each.unit})`, number(each.direct), number(each.nginx)],
      ...[number(each.sluice), number(each.ratio), each.budget, verdict],
    ]
    return `| ${cells.join(' | ')} |`
  })
  return [header, '| --- | --- | --- | --- | --- | --- | --- | --- |', ...rows].join('\n')
}

const versionOf = (command: string, flag: string) => {
  try {
    return execFileSync(command, [flag], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim()
  } catch {
    return 'unknown'
  }
}

/** What else happened on the machine: other programs on these cores make absolute times worthless. */
export interface Conditions {
  readonly startedAt: Date
  readonly loadAverageBefore: number
  readonly loadAverageAfter: number
  /** Of each core over the whole run, in percent. */
  readonly idlePercent: readonly number[]
}

/** Writes `bench/results/latest.json` and `latest.md`. */
export function keepResults(measurements: readonly Measurement[], conditions: Conditions): void {
  const folder = join(import.meta.dirname, '../results')
  mkdirSync(folder, { recursive: true })
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    commit: versionOf('git', '--version') === 'unknown' ? 'unknown' : commit(),
  }
  const json = { ...conditions, machine, measurements }
  const startedAt = conditions.startedAt.toISOString()
  writeFileSync(join(folder, 'latest.json'), `${JSON.stringify(json, undefined, 2)}\n`)
  const heading = `# Latest results\n\n${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, commit ${machine.commit}, ${startedAt}.\n${formatConditions(conditions)}\nCPU is of the whole process (\`/proc\`), beside nginx in the same run on the same core.\n`
  writeFileSync(
    join(folder, 'latest.md'),
    `${heading}\n${formatTable(measurements, conditions.loadAverageBefore > quietLoadAverage)}\n`,
  )
}

function formatConditions({ loadAverageBefore, loadAverageAfter, idlePercent }: Conditions) {
  const idle = idlePercent.map((percent, core) => `core ${core} ${percent.toFixed(0)} %`).join(', ')
  const load = `Load average ${loadAverageBefore.toFixed(1)} before, ${loadAverageAfter.toFixed(1)} after`
  const verdict =
    loadAverageBefore > quietLoadAverage
      ? ' Other programs shared these cores: trust ratios and CPU, not times.'
      : ''
  return `${load}; idle over the run: ${idle}.${verdict}`
}

function commit(): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
}
