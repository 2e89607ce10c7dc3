import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { findFreePort } from '../../src/lib/http/testing/free-port.ts'
import { waitUntil } from './wait-until.ts'

/** One series of an answer, with its latest value. */
export interface PrometheusSeries {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A real Prometheus that scrapes what a test names, several times a second. */
export interface Prometheus {
  /** Evaluates an expression now; rejects with what Prometheus has against it. */
  query(expression: string): Promise<readonly PrometheusSeries[]>
  /** The values of a label of a series. */
  labelValues(series: string, label: string): Promise<readonly string[]>
  close(): Promise<void>
}

/** Starts the Prometheus of this machine. `targets` are `host:port` texts whose `/metrics` it reads. */
export async function startPrometheus(targets: readonly string[]): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'))
  const config = {
    global: { scrape_interval: '200ms', scrape_timeout: '200ms' },
    scrape_configs: [{ job_name: 'sluice', static_configs: [{ targets }] }],
  }
  writeFileSync(join(folder, 'prometheus.yml'), stringify(config))
  const port = await findFreePort()
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let errors = ''
  child.stderr.on('data', (text) => {
    errors += text
  })
  const end = () => void child.kill('SIGKILL')
  process.once('exit', end)
  const url = `http://127.0.0.1:${port}`
  await waitUntil('Prometheus to be ready', async () => {
    if (child.exitCode !== null) throw new Error(`Prometheus ended:\n${errors}`)
    return fetch(`${url}/-/ready`).then(
      (answer) => answer.ok,
      () => false,
    )
  })
  return {
    query: (expression) => query(url, expression),
    labelValues: (series, label) => labelValues(url, series, label),
    async close() {
      process.removeListener('exit', end)
      await stop(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

async function call(url: string): Promise<unknown> {
  const answer = (await (await fetch(url)).json()) as { data?: unknown; error?: string }
  if (answer.error !== undefined) throw new Error(answer.error)
  return answer.data
}

async function query(url: string, expression: string): Promise<PrometheusSeries[]> {
  const data = (await call(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`)) as {
    result: { metric: Record<string, string>; value: [number, string] }[]
  }
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
}

async function labelValues(url: string, series: string, label: string): Promise<string[]> {
  const path = `/api/v1/label/${label}/values?match[]=${encodeURIComponent(series)}`
  return (await call(`${url}${path}`)) as string[]
}
