import { vi } from 'vitest'
import type { KubeObject } from '../../kube/kube-object.ts'
import { EndpointRowAllocator, EndpointTable } from '../../link/endpoint-table.ts'
import type { DownMessage, WorkerAnswer } from '../../link/messages.ts'
import { ControlLoop } from '../control-loop.ts'
import { EndpointRows } from '../endpoints/endpoint-rows.ts'
import type { GenerationReport } from '../generations/generation-report.ts'
import { MemorySource, widgetKind } from './memory-source.ts'
import { createWidgetDialect } from './widget-dialect.ts'

/** What a thread answers that has taken a generation. */
export const ack = (generation: number, more: object = {}): WorkerAnswer => ({
  ...{ type: 'ack', generation, buildMs: 1, errors: [], bindings: [], ...more },
})

/** A loop over Widgets in memory, with all that it says and hears. */
export function createWidgetLoop(settings: { readonly seeds?: readonly KubeObject[] } = {}) {
  const source = new MemorySource()
  const { dialect, translations } = createWidgetDialect(settings.seeds ?? [])
  const sent: DownMessage[] = []
  const reports: GenerationReport[] = []
  const errors: string[] = []
  const prepared: number[] = []
  const worker = {
    answer: (generation: number): Promise<readonly WorkerAnswer[]> =>
      Promise.resolve([ack(generation)]),
  }
  const table = EndpointTable.create({ rows: 16, workers: 1 }, 0)
  const loop = new ControlLoop({
    source,
    dialects: [dialect],
    publisher: {
      broadcast: (message) => sent.push(message),
      answersOf: (generation) => worker.answer(generation),
    },
    secretValuesOf: (secret) => (secret['stringData'] ?? {}) as Record<string, string>,
    bindAddress: undefined,
    ports: { claim: () => Promise.resolve(undefined), releaseAllBut: () => undefined },
    rows: new EndpointRows(new EndpointRowAllocator(table), () => undefined),
    addressOverrides: [],
    ...{ now: () => performance.now(), wallClock: () => 0 },
    onPublishing: () => prepared.push(sent.length),
    onPublished: (report) => reports.push(report),
    onError: (message, error) => errors.push(`${message} ${(error as Error).message}`),
  })
  const statusOf = (name: string) =>
    source.get({ ...widgetKind, namespace: 'default', name })?.['status']
  const generations = () => sent.filter(({ type }) => type === 'configuration').length
  return {
    ...{ source, sent, reports, errors, prepared, worker, loop, table },
    ...{ translations, statusOf, generations },
  }
}

/** Lets the loop's pause go by and everything that follows from it; timers are those of the test. */
export const settle = () => vi.advanceTimersByTimeAsync(20)
