// Composition root of the control thread behind `sluice serve` and `sluice dev`: constructs the parts and
// connects them; decides nothing. Apart from main.ts, so that other commands do not load it.
import type { Terminal } from '../cli/program.ts'
import { openDataDirectory } from '../cli/serve/data-directory.ts'
import { refuseUnusablePorts } from '../cli/serve/port-problem.ts'
import type { ServeOptions } from '../cli/serve/serve-options.ts'
import { checkAccessLog, checkManifestPaths } from '../cli/serve/start-files.ts'
import { ControlLoop } from '../control/control-loop.ts'
import { EndpointRows } from '../control/endpoints/endpoint-rows.ts'
import { GenerationLog } from '../control/generations/generation-log.ts'
import { createHealthChecks } from '../control/health/create-health-checks.ts'
import { createKeySets } from '../control/key-sets/create-key-sets.ts'
import { PortLocks } from '../control/ports/port-lock.ts'
import { WarningCounts } from '../control/warning-counts.ts'
import { secretValuesOf } from '../dialects/core/secrets.ts'
import { dialects } from '../dialects/index.ts'
import {
  type CertificateAuthority,
  openCertificateAuthority,
} from '../lib/certificates/certificate-authority.ts'
import { systemClock } from '../lib/time/clock.ts'
import { systemLookUp } from '../lib/upstream-address/address-resolver.ts'
import { EndpointRowAllocator, EndpointTable } from '../link/endpoint-table.ts'
import type { Simulator } from '../simulator/simulator.ts'
import { MetricsRegistry } from '../telemetry/metrics-registry.ts'
import { overridesOf } from './address-overrides.ts'
import { createWorkers, workerOptions } from './create-workers.ts'
import { printBanner } from './print-banner.ts'
import { accessLogOf, type RunSettings, reporter } from './run-settings.ts'
import { startAdmin } from './start-admin.ts'
import { startCluster } from './start-cluster.ts'
import { startManifests } from './start-manifests.ts'

/** Endpoints and backends whose health threads share; further ones work without sharing it. */
const endpointRows = 16_384

const kinds = dialects.flatMap((dialect) => dialect.kinds)

/** Runs until SIGINT or SIGTERM, and resolves when everything has ended. */
export async function runControl(options: ServeOptions, settings: RunSettings): Promise<void> {
  const { terminal } = settings
  const stop = stopSignal()
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
  const adminParts = { loop, workers, warnings, source, isDraining: () => stop.isAsked }
  const admin = await startAdmin(options, settings, foundations, adminParts)
  const { kubeconfig } = kube
  const report = generations.latest
  printBanner({ options, settings, data, simulator, report, kubeconfig })

  process.on('SIGUSR2', () => workers.broadcast({ type: 'reopen-access-log' }))

  await stop.asked
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

function stopSignal() {
  const stop = { isAsked: false, asked: Promise.resolve() }
  stop.asked = new Promise((resolve) => {
    const ask = () => {
      stop.isAsked = true
      resolve()
    }
    process.once('SIGINT', ask)
    process.once('SIGTERM', ask)
  })
  return stop
}

async function startSimulator(
  options: ServeOptions,
  authority: CertificateAuthority,
): Promise<Simulator> {
  const { createSimulator } = await import('../simulator/simulator.ts')
  return createSimulator({
    authority,
    now: Date.now,
    timeToFirstTokenMs: options.timeToFirstToken,
    interTokenLatencyMs: options.interTokenLatency,
  })
}
