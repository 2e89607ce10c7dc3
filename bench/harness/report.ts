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

/** The measurements as a Markdown table. */
export function formatTable(measurements: readonly Measurement[]): string {
  const header = '| scenario | figure | direct | nginx | sluice | ratio | budget | holds |'
  const rows = measurements.map((each) => {
    const verdict =
      each.invalid === undefined ? (each.holds ? 'yes' : 'NO') : `invalid: ${each.invalid}`
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

/** Writes `bench/results/latest.json` and `latest.md`. */
export function keepResults(measurements: readonly Measurement[], startedAt: Date): void {
  const folder = join(import.meta.dirname, '../results')
  mkdirSync(folder, { recursive: true })
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    commit: versionOf('git', '--version') === 'unknown' ? 'unknown' : commit(),
  }
  const json = { startedAt: startedAt.toISOString(), machine, measurements }
  writeFileSync(join(folder, 'latest.json'), `${JSON.stringify(json, undefined, 2)}\n`)
  const heading = `# Latest results\n\n${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, commit ${machine.commit}, ${json.startedAt}.\nCPU is of the whole process (\`/proc\`), beside nginx in the same run on the same core.\n`
  writeFileSync(join(folder, 'latest.md'), `${heading}\n${formatTable(measurements)}\n`)
}

function commit(): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
}
