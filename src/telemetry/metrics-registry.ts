import type { MetricSample } from '../lib/metrics/metric-sample.ts'
import {
  durationBoundsSeconds,
  findMetricDefinition,
  type MetricName,
} from './metric-definitions.ts'

type Value = MetricSample['value']
type Labels = Readonly<Record<string, string>>

/** Whether a metric with these labels is wanted. */
export type SelectSeries = (name: string, labels: Labels) => boolean

/** One metric with one set of labels. */
interface Series {
  readonly name: string
  readonly labels: Labels
  readonly value: Value
}

/** Content type of the text that {@link MetricsRegistry.write} makes. */
export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * The metrics of the whole process: those of every gateway thread summed, and control's own. What a thread counted
 * before it died stays counted.
 */
export class MetricsRegistry {
  /** Latest samples by thread. */
  readonly #threads = new Map<string, { startTime: number; series: Map<string, Series> }>()
  /** Counters of threads that are gone. */
  readonly #past = new Map<string, Series>()
  readonly #own = new Map<string, Series>()

  /** Takes everything that one thread measured so far, in place of what it said before. */
  update(samples: readonly MetricSample[]): void {
    const start = samples.find(({ name }) => name === 'sluice_thread_start_time_seconds')
    const thread = start?.labels['thread'] ?? ''
    const startTime = start?.value.type === 'gauge' ? start.value.current : 0
    const before = this.#threads.get(thread)
    if (before !== undefined && before.startTime !== startTime) this.retire(thread)
    const series = new Map<string, Series>()
    for (const sample of samples) add(series, sample)
    this.#threads.set(thread, { startTime, series })
  }

  /** A thread is gone: what it counted stays, what it held does not. */
  retire(thread: string): void {
    const gone = this.#threads.get(thread)
    if (gone === undefined) return
    this.#threads.delete(thread)
    for (const series of gone.series.values()) {
      if (series.value.type !== 'gauge') add(this.#past, series)
    }
  }

  /** Adds to a counter of control's own. */
  increment(name: MetricName, labels: Labels = {}, by = 1): void {
    add(this.#own, { name, labels, value: { type: 'counter', total: by } })
  }

  /** Sets a gauge of control's own. */
  set(name: MetricName, current: number, labels: Labels = {}): void {
    this.#own.set(keyOf(name, labels), { name, labels, value: { type: 'gauge', current } })
  }

  /** Forgets every series of a gauge, before its labels are set anew. */
  clear(name: MetricName): void {
    for (const [key, series] of this.#own) if (series.name === name) this.#own.delete(key)
  }

  /** The text that Prometheus reads (exposition format 0.0.4), of the series that are selected. */
  write(selects: SelectSeries = () => true): string {
    const all = new Map<string, Series>()
    const sources = [
      this.#past,
      this.#own,
      ...[...this.#threads.values()].map(({ series }) => series),
    ]
    for (const source of sources) {
      for (const series of source.values()) {
        if (selects(series.name, series.labels)) add(all, series)
      }
    }
    const byName = Map.groupBy(all.values(), ({ name }) => name)
    return [...byName.keys()]
      .sort()
      .map((name) => writeMetric(name, byName.get(name) ?? []))
      .join('')
  }
}

function keyOf(name: string, labels: Labels): string {
  return JSON.stringify([name, ...Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))])
}

function add(into: Map<string, Series>, { name, labels, value }: Series): void {
  const key = keyOf(name, labels)
  const known = into.get(key)
  into.set(key, { name, labels, value: known === undefined ? value : sum(known.value, value) })
}

function sum(left: Value, right: Value): Value {
  if (left.type === 'counter' && right.type === 'counter') {
    return { type: 'counter', total: left.total + right.total }
  }
  if (left.type === 'gauge' && right.type === 'gauge') {
    return { type: 'gauge', current: left.current + right.current }
  }
  if (left.type === 'histogram' && right.type === 'histogram') {
    const counts = left.counts.map((count, index) => count + (right.counts[index] ?? 0))
    return { type: 'histogram', counts, sum: left.sum + right.sum }
  }
  throw new Error(`a metric cannot be a ${left.type} and a ${right.type}`)
}

function writeMetric(name: string, all: readonly Series[]): string {
  const definition = findMetricDefinition(name)
  if (definition === undefined) return ''
  const lines = all.filter(({ value }) => value.type === definition.type).map(writeSeries)
  if (lines.length === 0) return ''
  return `# HELP ${name} ${definition.help}\n# TYPE ${name} ${definition.type}\n${lines.sort().join('')}`
}

function writeSeries({ name, labels, value }: Series): string {
  if (value.type === 'counter') return line(name, labels, value.total)
  if (value.type === 'gauge') return line(name, labels, value.current)
  let count = 0
  let text = ''
  for (const [index, bucket] of value.counts.entries()) {
    count += bucket
    const bound = durationBoundsSeconds[index]
    text += line(
      `${name}_bucket`,
      { ...labels, le: bound === undefined ? '+Inf' : String(bound) },
      count,
    )
  }
  return `${text}${line(`${name}_sum`, labels, value.sum)}${line(`${name}_count`, labels, count)}`
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`)
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${writeNumber(value)}\n`
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
}

function writeNumber(value: number): string {
  if (Number.isFinite(value)) return String(value)
  if (Number.isNaN(value)) return 'NaN'
  return value > 0 ? '+Inf' : '-Inf'
}
