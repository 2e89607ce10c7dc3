import { join } from 'node:path'
import { createAdminRoutes } from '../admin/admin-routes.ts'
import { createAdminServer } from '../admin/admin-server.ts'
import { MetricsPorts } from '../admin/metrics-ports.ts'
import { explainPort } from '../cli/serve/port-problem.ts'
import type { ServeOptions } from '../cli/serve/serve-options.ts'
import type { ControlLoop } from '../control/control-loop.ts'
import type { WarningCounts } from '../control/warning-counts.ts'
import { collections } from '../ir/configuration.ts'
import type { ObjectSource } from '../kube/object-source.ts'
import { openRandomTokenFile } from '../lib/random-token-file.ts'
import type { WorkerPool } from '../link/worker-pool.ts'
import type { MetricsRegistry } from '../telemetry/metrics-registry.ts'
import { ThreadMetrics } from '../telemetry/thread-metrics.ts'
import { type Foundations, type RunSettings, reporter } from './run-settings.ts'

const metricsTimeoutMs = 1000

interface AdminParts {
  readonly loop: ControlLoop
  readonly workers: WorkerPool
  readonly warnings: WarningCounts
  readonly source: ObjectSource
  readonly isDraining: () => boolean
}

/** The admin API, and the ports of gateways where their metrics are read. */
export async function startAdmin(
  options: ServeOptions,
  { terminal }: RunSettings,
  { data, metrics }: Foundations,
  parts: AdminParts,
) {
  const { loop } = parts
  const onError = reporter(terminal)
  const refreshMetrics = createMetricsRefresh(metrics, parts)
  const server = await createAdminServer({
    address: options.admin,
    token: openRandomTokenFile(join(data.path, 'admin-token')),
    onError,
    routes: createAdminRoutes({
      notReadyReason() {
        if (parts.isDraining()) return 'Draining: open requests may end, no new ones are taken.'
        return loop.generation > 0 ? undefined : 'No configuration is in force yet.'
      },
      configuration: () => ({
        generation: loop.generation,
        ...Object.fromEntries(
          collections.map((name) => [name, [...loop.configuration[name].values()]]),
        ),
      }),
      async writeMetrics() {
        await refreshMetrics()
        return metrics.write()
      },
    }),
  }).catch(explainPort(options.admin, '--admin'))
  const metricsPorts = new MetricsPorts({
    ...{ source: parts.source, bindAddress: options.bind, onError },
    async writeMetrics(gateways) {
      await refreshMetrics()
      return metrics.write((_, { gateway = '' }) => gateways.has(gateway))
    },
  })
  await metricsPorts.start()
  return {
    close: () => Promise.all([server.close(), metricsPorts.stop()]).then(() => undefined),
  }
}

/** Brings the metrics of the process up to date before somebody reads them. */
function createMetricsRefresh(
  metrics: MetricsRegistry,
  { workers, warnings }: Pick<AdminParts, 'workers' | 'warnings'>,
): () => Promise<void> {
  const controlThread = new ThreadMetrics('control', Date.now())
  return async () => {
    const threads = await workers.collectMetrics(metricsTimeoutMs)
    for (const samples of [...threads, controlThread.collect()]) metrics.update(samples)
    metrics.set('sluice_resident_memory_bytes', process.memoryUsage.rss())
    metrics.clear('sluice_configuration_warnings')
    for (const [kind, count] of warnings.read()) {
      metrics.set('sluice_configuration_warnings', count, { kind })
    }
  }
}
