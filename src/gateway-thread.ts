// Composition root of a gateway thread: constructs the parts and connects them; decides nothing.
import { randomUUID } from 'node:crypto'
import { BackendDirectory } from './gateway/backends/backend-directory.ts'
import { ServiceCaller } from './gateway/backends/service-caller.ts'
import { ConfigurationApplier } from './gateway/configuration-applier.ts'
import { createRequestHandler } from './gateway/handle-request.ts'
import { ListenerSet } from './gateway/listeners/listener-set.ts'
import { createTokenEstimate } from './gateway/model/answers/token-estimate.ts'
import { ReplayBudget } from './gateway/request/replay-budget.ts'
import { Connector } from './gateway/upstream/connector.ts'
import { collectGarbage } from './lib/collect-garbage.ts'
import type { Timers } from './lib/time/timers.ts'
import { SharedTokenizer, type Tokenizer } from './lib/tokenizer/shared-tokenizer.ts'
import { AddressResolver, systemLookUp } from './lib/upstream-address/address-resolver.ts'
import { createOwnAddressGuard } from './lib/upstream-address/own-address-guard.ts'
import { MemoryCounterStore } from './limits/memory/memory-counter-store.ts'
import { RedisCounterStore } from './limits/redis/redis-counter-store.ts'
import { ConfigurationParts } from './link/configuration-parts.ts'
import { EndpointTable } from './link/endpoint-table.ts'
import type { DownMessage } from './link/messages.ts'
import { connectToControl, type WorkerLink } from './link/worker-link.ts'
import { createSnapshotBuilder } from './snapshot/build/snapshot-builder.ts'
import type { Snapshot } from './snapshot/snapshot.ts'
import { type AccessLog, openAccessLog } from './telemetry/access-log.ts'
import { OutputLogs } from './telemetry/output-logs.ts'
import type { RequestObserver } from './telemetry/request-record.ts'
import { WorkerMetrics } from './telemetry/worker-metrics.ts'

type Start = Extract<DownMessage, { type: 'start' }>

// Asked for ten times by every request; the getter checks its receiver each time.
const { timeOrigin } = performance
const now = () => timeOrigin + performance.now()
const { random } = Math

const timers: Timers = {
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
}

/** Of all request bodies together that a thread keeps to send them again. */
const replayBudgetBytes = 64 * 1024 * 1024

connectToControl((start, link) => {
  const { options, workerIndex } = start
  const logs = openLogs(options.accessLog)
  const counters = createCounters(start, link)
  const metrics = new WorkerMetrics({
    thread: `gateway-${workerIndex}`,
    startTimeMs: now(),
    lostLogLines: logs.lostLines,
    limits: counters,
  })
  const observer = observe(metrics, logs.accessLog)
  const guard = createOwnAddressGuard({
    allowLoopback: options.allowLoopbackUpstreams,
    forbiddenAddresses: options.forbiddenAddresses,
  })
  const resolver = new AddressResolver(systemLookUp, now)
  const backends = new BackendDirectory({
    table: new EndpointTable(start.endpointTable),
    workerIndex,
    connector: new Connector(resolver, guard.check),
    extraAuthorities: options.extraAuthorities,
    now,
    random,
    endpointEvent: (endpointId, event) => link.send({ type: 'endpoint-event', endpointId, event }),
  })
  const tokenizer = new SharedTokenizer(start.vocabulary)
  const services = new ServiceCaller(backends, timers)
  const listeners = createListeners(start, { observer, backends, tokenizer, outputs: logs.outputs })
  const builder = createSnapshotBuilder({
    random,
    now,
    unixTimeMs: Date.now,
    ...{ counters, tokenizer },
    callBackend: services.callBackend,
    callHost: services.callHost,
    monotonicNow: () => performance.now(),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  })
  const parts = new ConfigurationParts()
  const configurations = new ConfigurationApplier({
    builder,
    listeners: { publish: (snapshot) => publish(snapshot, { listeners, services, tokenizer }) },
    backends,
    onOwnAddresses: guard.setOwnAddresses,
    send: (message) => link.send(message),
  })

  const receivers = {
    secrets: (message) => builder.updateSecrets(message),
    'key-sets': ({ keySets }) => builder.updateKeySets(keySets),
    'endpoint-rows': ({ rows }) => backends.setRows(rows),
    addresses: ({ overrides }) => backends.forgetHosts(resolver.setOverrides(overrides)),
    'configuration-part': (part) => parts.add(part),
    configuration: (message) => void configurations.apply(parts.complete(message)),
    'collect-metrics': ({ requestId }) =>
      link.send({ type: 'metrics', requestId, samples: metrics.collect() }),
    ping: () => link.send({ type: 'pong' }),
    'reopen-access-log': () => reopen(logs.accessLog),
    async drain({ graceMs }) {
      await listeners.drain(graceMs)
      backends.close()
      await Promise.all([logs.close(), counters.flush()])
      link.send({ type: 'drained' })
    },
  } satisfies Receivers
  return (message) =>
    void (receivers as Record<string, (message: DownMessage) => unknown>)[message.type]?.(message)
})

/** A reservation ends this long after its thread. */
const leaseMs = 30_000

function createCounters({ options, workerIndex, counterTable }: Start, link: WorkerLink) {
  if (options.redis === undefined) return new MemoryCounterStore(counterTable, workerIndex)
  return new RedisCounterStore({
    ...options.redis,
    leaseMs,
    owner: randomUUID(),
    onChange: (connected, reason) => link.send({ type: 'limit-store', connected, reason }),
  })
}

type Receivers = {
  readonly [Type in Exclude<DownMessage['type'], 'start'>]: (
    message: Extract<DownMessage, { type: Type }>,
  ) => unknown
}

/** The log of the process, unless it has none, and those that manifests ask for. */
function openLogs(destination: string) {
  const accessLog = destination === '' ? undefined : openAccessLog(destination)
  const outputs = new OutputLogs()
  return {
    ...{ accessLog, outputs },
    lostLines: () => (accessLog?.losses.lostLines ?? 0) + outputs.lostLines,
    close: () => Promise.all([accessLog?.close(), outputs.close()]),
  }
}

/** A file that cannot be opened anew leaves the old one in use; requests are not disturbed. */
function reopen(accessLog: AccessLog | undefined): void {
  try {
    accessLog?.reopen()
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error))
  }
}

function observe(metrics: WorkerMetrics, accessLog: AccessLog | undefined): RequestObserver {
  return {
    requestStarted: () => metrics.requestStarted(),
    requestEnded(record) {
      metrics.requestEnded(record)
      accessLog?.write(record)
    },
    attemptEnded: (attempt) => metrics.attemptEnded(attempt),
    connectionOpened: (listenerId) => metrics.connectionOpened(listenerId),
    connectionClosed: (listenerId) => metrics.connectionClosed(listenerId),
    connectionRefused(refused) {
      metrics.connectionRefused(refused)
      accessLog?.writeRefusal(refused)
    },
  }
}

interface Publishing {
  readonly listeners: ListenerSet
  readonly services: ServiceCaller
  readonly tokenizer: Tokenizer
}

let hasPublished = false

/** What requests of a configuration need is there before its listeners are. */
function publish(snapshot: Snapshot, { listeners, services, tokenizer }: Publishing) {
  // Sources and whatever else the start has left: V8 may let 20 MB of it lie for as long as the thread lives.
  if (!hasPublished) collectGarbage()
  hasPublished = true
  services.use(snapshot)
  const backends = [...snapshot.backends.values()]
  if (backends.some(({ providers }) => providers.length > 0)) tokenizer.load()
  return listeners.publish(snapshot)
}

interface ListenerParts {
  readonly observer: RequestObserver
  readonly backends: BackendDirectory
  readonly tokenizer: Tokenizer
  readonly outputs: OutputLogs
}

function createListeners(start: Start, parts: ListenerParts) {
  const { observer, backends, tokenizer, outputs } = parts
  const handler = createRequestHandler({
    backends,
    observer,
    timers,
    now,
    random,
    countTokens: createTokenEstimate(tokenizer),
    createRequestId: randomUUID,
    writeLogLine: (destination, line) => outputs.writeLine(destination, line),
    retryBufferBytes: start.options.retryBufferBytes,
    replayBudget: new ReplayBudget(replayBudgetBytes),
  })
  const { maxConnections } = start.options
  const ticketKeys = Buffer.from(start.ticketKeys)
  return new ListenerSet({ handler, observer, now, ticketKeys, maxConnections })
}
