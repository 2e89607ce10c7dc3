import { randomBytes } from 'node:crypto'
import { RedisReports, readRedisServer } from '../cli/serve/redis-server.ts'
import type { ServeOptions } from '../cli/serve/serve-options.ts'
import { readAuthority } from '../cli/serve/start-files.ts'
import type { ControlLoop } from '../control/control-loop.ts'
import { recordLimitStore } from '../control/limits/record-limit-store.ts'
import { dialects } from '../dialects/index.ts'
import type { ObjectSource } from '../kube/object-source.ts'
import { formatSocketAddress } from '../lib/http/socket-address.ts'
import { readSystemAuthorities } from '../lib/tls/system-authorities.ts'
import { createVocabularyMemory } from '../lib/tokenizer/vocabulary-layout.ts'
import { createCounterMemory } from '../limits/memory/counter-memory.ts'
import { releaseReservations } from '../limits/memory/memory-counter-store.ts'
import type { EndpointTable } from '../link/endpoint-table.ts'
import type { DownMessage, WorkerOptions } from '../link/messages.ts'
import { WorkerPool } from '../link/worker-pool.ts'
import { accessLogOf, type Foundations, type RunSettings } from './run-settings.ts'

const retryBufferBytes = 1024 * 1024

/** What is there when the first thread says something. */
interface LaterParts {
  readonly keySets: { message(): DownMessage }
  readonly loop: ControlLoop
  readonly source: ObjectSource
}

/** The gateway threads and what they share. */
export function createWorkers(
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

/** What every gateway thread is started with. */
export function workerOptions(
  options: ServeOptions,
  { simulated }: RunSettings,
  { authority, data }: Foundations,
): WorkerOptions {
  const ownAuthority = simulated ? [authority.certificate] : []
  return {
    extraAuthorities: [
      ...ownAuthority,
      ...readSystemAuthorities(),
      ...options.cacert.map(readAuthority),
    ],
    allowLoopbackUpstreams: options.allowLoopbackUpstreams,
    forbiddenAddresses: [options.kubeApi, options.admin].map(formatSocketAddress),
    accessLog: accessLogOf(options, data),
    retryBufferBytes,
    maxConnections: Math.ceil(options.maxConnections / options.workers),
    redis: readRedisServer(options.redis, options.redisTimeout),
  }
}
