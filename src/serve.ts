// Composition root of the control thread behind `sluice serve` and `sluice dev`: constructs the parts and
// connects them; decides nothing. Apart from main.ts, so that other commands do not load it.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createAdminRoutes } from './admin/admin-routes.ts'
import { createAdminServer } from './admin/admin-server.ts'
import { MetricsPorts } from './admin/metrics-ports.ts'
import type { Terminal } from './cli/program.ts'
import { formatBanner } from './cli/serve/banner.ts'
import { type DataDirectory, openDataDirectory } from './cli/serve/data-directory.ts'
import { formatManifestProblem } from './cli/serve/manifest-problem.ts'
import { explainPort, refuseUnusablePorts } from './cli/serve/port-problem.ts'
import { RedisReports, readRedisServer } from './cli/serve/redis-server.ts'
import type { ServeOptions } from './cli/serve/serve-options.ts'
import { checkAccessLog, checkManifestPaths, readAuthority } from './cli/serve/start-files.ts'
import { ControlLoop } from './control/control-loop.ts'
import { EndpointRows } from './control/endpoints/endpoint-rows.ts'
import { GenerationLog } from './control/generations/generation-log.ts'
import type { GenerationReport } from './control/generations/generation-report.ts'
import { createHealthChecks } from './control/health/create-health-checks.ts'
import { createKeySets } from './control/key-sets/create-key-sets.ts'
import { recordLimitStore } from './control/limits/record-limit-store.ts'
import { PortLocks } from './control/ports/port-lock.ts'
import { WarningCounts } from './control/warning-counts.ts'
import { secretValuesOf } from './dialects/core/secrets.ts'
import { dialects } from './dialects/index.ts'
import { collections } from './ir/configuration.ts'
import { ManifestApplier } from './kube/manifests/manifest-applier.ts'
import { watchManifests } from './kube/manifests/watch-manifests.ts'
import type { ObjectSource } from './kube/object-source.ts'
import type { StoreResourceApi } from './kube/resources/store-resource-api.ts'
import {
  type CertificateAuthority,
  openCertificateAuthority,
} from './lib/certificates/certificate-authority.ts'
import { systemClock } from './lib/clock.ts'
import { formatSocketAddress } from './lib/http/socket-address.ts'
import { openRandomTokenFile } from './lib/random-token-file.ts'
import { createVocabularyMemory } from './lib/tokenizer/vocabulary-layout.ts'
import { systemLookUp } from './lib/upstream-address/address-resolver.ts'
import { releaseReservations } from './limits/memory/memory-counter-store.ts'
import { createCounterMemory } from './limits/memory/table-layout.ts'
import { EndpointRowAllocator, EndpointTable } from './link/endpoint-table.ts'
import type { SpawnThread } from './link/gateway-threads.ts'
import type { AddressOverride, DownMessage, WorkerOptions } from './link/messages.ts'
import { WorkerPool } from './link/worker-pool.ts'
import type { Simulator } from './simulator/simulator.ts'
import { startCluster } from './start-cluster.ts'
import { MetricsRegistry } from './telemetry/metrics-registry.ts'
import { ThreadMetrics } from './telemetry/thread-metrics.ts'

/** How `serve` and `dev` differ. */
export interface RunSettings {
  readonly simulated: boolean
  readonly version: string
  readonly terminal: Terminal
  readonly spawnThread: SpawnThread
  /** What commands that run for container images are started with. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Endpoints and backends whose health threads share; further ones work without sharing it. */
const endpointRows = 16_384
const retryBufferBytes = 1024 * 1024
const metricsTimeoutMs = 1000

const kinds = dialects.flatMap((dialect) => dialect.kinds)

/** Runs until SIGINT or SIGTERM, and resolves when everything has ended. */
export async function runControl(options: ServeOptions, settings: RunSettings): Promise<void> {
  const { terminal } = settings
  const stopped = stopSignal()
  const data = openDataDirectory(options.dataDir)
  checkManifestPaths(options.filename)
  checkAccessLog(accessLogOf(options, data))
  const authority = openCertificateAuthority({ folder: data.path, now: Date.now })
  const foundations = { authority, data, metrics: new MetricsRegistry() }
  const simulator = settings.simulated ? await startSimulator(options, authority) : undefined

  const table = EndpointTable.create({ rows: endpointRows, workers: options.workers }, Date.now())
  const workers = createWorkers(options, settings, foundations, {
    table,
    later: () => ({ keySets, loop, source: kube.source }),
  })
  const kube = await startCluster(options, settings, foundations)
  const say = (line: string) => terminal.err(`${line}\n`)
  const generations = new GenerationLog(foundations.metrics, say)
  const rows = createEndpointRows(table, terminal)
  const rules = workerOptions(options, settings, foundations)
  const outbound = { source: kube.source, rules, lookUp: systemLookUp, clock: systemClock, say }
  const health = createHealthChecks({
    ...{ ...outbound, dialects, table, metrics: foundations.metrics, random: Math.random },
    findRow: (endpointId) => rows.current.get(endpointId),
  })
  const keySets = createKeySets(outbound, workers)
  const loop = new ControlLoop({
    source: kube.source,
    dialects,
    publisher: workers,
    secretValuesOf,
    bindAddress: options.bind,
    ports: new PortLocks(),
    rows,
    addressOverrides: overridesOf(options, simulator),
    now: () => performance.now(),
    wallClock: Date.now,
    onPublishing(...change) {
      for (const part of [health, keySets]) part.update(...change)
    },
    onPublished(report) {
      generations.add(report)
      kube.addresses.setMovedPorts(report.moved)
    },
    onError: reporter(terminal),
  })
  const workersStarted = workers.start()
  const stopManifests = startManifests(kube.api, options, terminal)
  await workersStarted
  await loop.start()
  refuseUnusablePorts(generations.latest?.refused ?? [])
  const warnings = new WarningCounts(kube.source, kinds)
  const { source } = kube
  const adminParts = { loop, workers, warnings, source }
  const admin = await startAdmin(options, settings, foundations, adminParts)
  const { kubeconfig } = kube
  const report = generations.latest
  terminal.out(banner({ options, settings, data, simulator, report, kubeconfig }))

  process.on('SIGUSR2', () => workers.broadcast({ type: 'reopen-access-log' }))

  await stopped
  terminal.err('Draining: open requests may end, no new ones are taken.\n')
  stopManifests()
  await loop.stop()
  for (const part of [health, keySets]) part.stop()
  await workers.stop(options.drainSeconds * 1000)
  await Promise.all([admin.close(), kube.close(), simulator?.close()])
  data.close()
}

function createEndpointRows(table: EndpointTable, terminal: Terminal): EndpointRows {
  return new EndpointRows(new EndpointRowAllocator(table), (count) =>
    terminal.err(
      `More than ${endpointRows} upstreams and endpoints: health checks of ${count} of them have no effect, and each gateway thread counts their limits for itself.\n`,
    ),
  )
}

/** What is there when the first thread says something. */
interface LaterParts {
  readonly keySets: { message(): DownMessage }
  readonly loop: ControlLoop
  readonly source: ObjectSource
}

function createWorkers(
  options: ServeOptions,
  settings: RunSettings,
  foundations: Foundations,
  { table, later }: { readonly table: EndpointTable; readonly later: () => LaterParts },
): WorkerPool {
  const { terminal } = settings
  const redis = new RedisReports(
    (line) => terminal.err(`${line}\n`),
    (...change) => recordLimitStore({ dialects, ...later() }, ...change),
  )
  const counterTable = createCounterMemory(options.limitCounters, randomBytes(16), options.workers)
  return new WorkerPool({
    count: options.workers,
    spawn: settings.spawnThread,
    startMessage: {
      endpointTable: table.memory,
      counterTable,
      vocabulary: createVocabularyMemory(),
      ticketKeys: randomBytes(48),
      options: workerOptions(options, settings, foundations),
    },
    stateMessages() {
      const { keySets, loop } = later()
      return [keySets.message(), ...loop.stateMessages()]
    },
    onEndpointEvent: (endpointId, event) => terminal.err(`endpoint ${endpointId}: ${event}\n`),
    onLimitStore: (...change) => redis.changed(...change),
    onWorkerLost(index, error) {
      table.clearWorker(index)
      releaseReservations(counterTable, index, Date.now())
      redis.forget(index)
      foundations.metrics.retire(`gateway-${index}`)
      const reason = error?.message ?? 'it ended'
      terminal.err(`Gateway thread ${index} was lost (${reason}) and is being replaced.\n`)
    },
  })
}

interface AdminParts {
  readonly loop: ControlLoop
  readonly workers: WorkerPool
  readonly warnings: WarningCounts
  readonly source: ObjectSource
}

/** The admin API, and the ports of gateways where their metrics are read. */
async function startAdmin(
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
      notReadyReason: () => (loop.generation > 0 ? undefined : 'No configuration is in force yet.'),
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

interface Foundations {
  readonly authority: CertificateAuthority
  readonly data: DataDirectory
  readonly metrics: MetricsRegistry
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}

function workerOptions(
  options: ServeOptions,
  { simulated }: RunSettings,
  { authority, data }: Foundations,
): WorkerOptions {
  const ownAuthority = simulated ? [authority.certificate] : []
  return {
    extraAuthorities: [...ownAuthority, ...options.cacert.map(readAuthority)],
    allowLoopbackUpstreams: options.allowLoopbackUpstreams,
    forbiddenAddresses: [options.kubeApi, options.admin].map(formatSocketAddress),
    accessLog: accessLogOf(options, data),
    retryBufferBytes,
    maxConnections: Math.ceil(options.maxConnections / options.workers),
    redis: readRedisServer(options.redis, options.redisTimeout),
  }
}

function accessLogOf({ accessLog }: ServeOptions, data: DataDirectory): string {
  if (accessLog === 'none') return ''
  return accessLog === '' ? join(data.path, 'access.log') : accessLog
}

/** Simulated providers stand in for their real hosts; what the operator resolves himself comes first. */
function overridesOf(
  { resolve }: ServeOptions,
  simulator: Simulator | undefined,
): AddressOverride[] {
  const simulated = (simulator?.hosts ?? []).map((host) => ({
    ...{ host, port: 443, trusted: true },
    targets: [{ address: simulator?.address ?? '', port: simulator?.port }],
  }))
  const operators = resolve.map(({ host, port, address, targetPort }) => ({
    ...{ host, port, trusted: true },
    targets: [{ address, port: targetPort }],
  }))
  return [...operators, ...simulated]
}

async function startSimulator(
  options: ServeOptions,
  authority: CertificateAuthority,
): Promise<Simulator> {
  const { createSimulator } = await import('./simulator/simulator.ts')
  return createSimulator({
    authority,
    now: Date.now,
    timeToFirstTokenMs: options.timeToFirstToken,
    interTokenLatencyMs: options.interTokenLatency,
  })
}

function startManifests(
  api: StoreResourceApi,
  { filename }: ServeOptions,
  terminal: Terminal,
): () => void {
  if (filename.length === 0) return () => undefined
  const applier = new ManifestApplier(api, filename)
  const apply = () => {
    try {
      for (const problem of applier.apply()) terminal.err(`${formatManifestProblem(problem)}\n`)
    } catch (error) {
      // A full disk must not end what is being served; the next change of a file tries again.
      terminal.err(`The files of --filename could not be applied: ${describe(error)}\n`)
    }
  }
  apply()
  return watchManifests(filename, apply)
}

interface BannerParts {
  readonly options: ServeOptions
  readonly settings: RunSettings
  readonly data: DataDirectory
  readonly simulator: Simulator | undefined
  readonly report: GenerationReport | undefined
  readonly kubeconfig: string
}

function banner({ options, settings, data, simulator, report, kubeconfig }: BannerParts): string {
  const listeners = [...(report?.configuration.listeners.values() ?? [])]
  return formatBanner({
    simulated: settings.simulated,
    version: settings.version,
    readyMs: performance.now(),
    kubeApi: formatSocketAddress(options.kubeApi),
    admin: formatSocketAddress(options.admin),
    kubeconfig,
    environmentFile: join(data.path, 'env'),
    gateways: listeners.flatMap(({ bindings, origin }) =>
      bindings.map(({ address, port }) => ({
        name: `${origin.kind} ${origin.namespace}/${origin.name}`,
        address: formatSocketAddress({ host: address, port }),
      })),
    ),
    moved: (report?.moved ?? []).map(({ declaredPort, address, port }) => ({
      declaredPort,
      address: formatSocketAddress({ host: address, port }),
    })),
    simulatedHosts: simulator?.hosts ?? [],
    simulatorLog: simulator?.controlUrl,
    accessLog: accessLogOf(options, data),
  })
}

const reporter = (terminal: Terminal) => (message: string, error: unknown) =>
  terminal.err(`${message} ${describe(error)}\n`)

const describe = (error: unknown) => (error instanceof Error ? error.message : String(error))
