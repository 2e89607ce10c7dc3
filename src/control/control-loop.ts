import type { Dialect, Translation, Translator } from '../dialects/dialect.ts'
import { emptyConfiguration } from '../dialects/empty-configuration.ts'
import type { Configuration } from '../ir/configuration.ts'
import type { KubeObject } from '../kube/kube-object.ts'
import type { ObjectChange, ObjectSource } from '../kube/object-source.ts'
import { diffConfigurations, fullDelta } from '../link/configuration-diff.ts'
import { splitConfiguration } from '../link/configuration-parts.ts'
import type { AddressOverride, DownMessage } from '../link/messages.ts'
import type { WorkerAnswer } from '../link/worker-pool.ts'
import { AddressOverrides } from './endpoints/cluster-addresses.ts'
import type { EndpointRows } from './endpoints/endpoint-rows.ts'
import {
  type BindingPlanner,
  type MovedBinding,
  planBindings,
  type RefusedBinding,
} from './ports/plan-bindings.ts'
import { SecretDistribution } from './secret-values.ts'
import { type OriginError, StatusWriter } from './status/status-writer.ts'
import { mergeTranslations } from './translation/merge-translations.ts'
import { SourceView } from './translation/object-view.ts'

/** The gateway threads, as far as the loop speaks to them. */
export interface Publisher {
  broadcast(message: DownMessage): void
  answersOf(generation: number): Promise<readonly WorkerAnswer[]>
}

export interface ControlLoopOptions {
  readonly source: ObjectSource
  readonly dialects: readonly Dialect[]
  readonly publisher: Publisher
  readonly secretValuesOf: (secret: KubeObject) => Readonly<Record<string, string>>
  /** Serve gateways on this address instead of the pool's. */
  readonly bindAddress: string | undefined
  readonly ports: BindingPlanner & { releaseAllBut(used: ReadonlySet<string>): void }
  readonly rows: EndpointRows
  /** The operator's overrides, and where the names of stand-ins lead. */
  readonly addressOverrides: readonly AddressOverride[]
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Milliseconds since the Unix epoch. */
  readonly wallClock: () => number
  /**
   * Is told each configuration, and where names lead, after its endpoints have rows and before the gateway threads take
   * it: what it writes into the rows holds from the first request.
   */
  readonly onPublishing: (
    configuration: Configuration,
    addressOverrides: readonly AddressOverride[],
  ) => void
  readonly onPublished: (report: GenerationReport) => void
  readonly onError: (message: string, error: unknown) => void
  /** Pause before a publication that failed is tried again, in milliseconds. */
  readonly retryMs?: number
}

/** What became of one generation. */
export interface GenerationReport {
  readonly generation: number
  readonly configuration: Configuration
  readonly translateMs: number
  /** The slowest worker's. */
  readonly buildMs: number
  /** From the first change to the last worker's answer. */
  readonly totalMs: number
  /** Workers that could not take the generation and serve the one before. */
  readonly failedWorkers: number
  readonly errors: readonly OriginError[]
  readonly refused: readonly RefusedBinding[]
  readonly moved: readonly MovedBinding[]
}

/** Shortest pause between two translations, so that a burst of writes becomes few generations. */
const pauseMs = 5

/** Pause between the parts of a large configuration. */
const partPauseMs = 2

/** Pause before what failed, such as a store on a full disk, is tried again. */
const defaultRetryMs = 1000

/** Store changed → translate → publish → write status, one generation at a time. */
export class ControlLoop {
  readonly #options: ControlLoopOptions
  readonly #view: SourceView
  readonly #translators: readonly Translator[]
  readonly #secrets: SecretDistribution
  readonly #statuses: StatusWriter
  readonly #lastTranslations: (Translation | undefined)[] = []
  readonly #addresses: AddressOverrides
  #published: Configuration = emptyConfiguration
  /** What the gateway threads said of the generation in force; it holds while nothing new is published. */
  #answers: readonly WorkerAnswer[] = []
  #generation = 0
  #changedAt: number | undefined
  #running: Promise<void> | undefined
  #unsubscribe: (() => void) | undefined
  #timer: NodeJS.Timeout | undefined
  #stopped = false
  #retry: NodeJS.Timeout | undefined
  /** What threads said of the generation that could not be taken everywhere. */
  readonly #toldFailures = new Set<string>()

  constructor(options: ControlLoopOptions) {
    this.#options = options
    this.#view = new SourceView(options.source)
    this.#translators = options.dialects.map((dialect) => dialect.createTranslator())
    this.#secrets = new SecretDistribution(options.source, options.secretValuesOf)
    this.#statuses = new StatusWriter(options.source, options.wallClock)
    this.#addresses = new AddressOverrides(options.addressOverrides)
  }

  /** Makes the seeds, publishes the first generation and follows changes from then on. */
  async start(): Promise<void> {
    const { source, dialects } = this.#options
    this.#unsubscribe = source.subscribe((change) => this.#onChange(change))
    for (const dialect of dialects) {
      for (const seed of dialect.seeds) source.createIfMissing(seed)
    }
    this.#changedAt = this.#options.now()
    await this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#unsubscribe?.()
    clearTimeout(this.#timer)
    clearTimeout(this.#retry)
    await this.#running
  }

  /** The configuration in force. */
  get configuration(): Configuration {
    return this.#published
  }

  get generation(): number {
    return this.#generation
  }

  /** What a worker that starts must be told. */
  stateMessages(): readonly DownMessage[] {
    const { rows } = this.#options
    const addresses: DownMessage = { type: 'addresses', overrides: this.#addresses.current }
    if (this.#generation === 0) return [addresses]
    const configuration: DownMessage = {
      type: 'configuration',
      generation: this.#generation,
      full: true,
      delta: fullDelta(this.#published),
    }
    const endpointRows: DownMessage = { type: 'endpoint-rows', rows: rows.current }
    return [addresses, this.#secrets.all(), endpointRows, configuration]
  }

  #onChange(change: ObjectChange): void {
    this.#view.invalidate(change.kind)
    // What the loop writes itself changes no translation.
    if (this.#statuses.isOwnWork(change)) return
    this.#changedAt ??= this.#options.now()
    this.#schedule(pauseMs)
  }

  #schedule(delayMs: number): void {
    if (this.#stopped || this.#running !== undefined || this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.#run()
    }, delayMs)
  }

  #run(): Promise<void> {
    const { now, onError, retryMs = defaultRetryMs } = this.#options
    let delayMs = pauseMs
    // Begun only once it counts as running: what it writes itself must not start a second one beside it.
    this.#running = Promise.resolve()
      .then(() => this.#publishOnce())
      .catch((error: unknown) => {
        onError('Publishing a configuration failed and is tried again.', error)
        this.#changedAt ??= now()
        delayMs = retryMs
      })
      .finally(() => {
        this.#running = undefined
        if (this.#changedAt !== undefined) this.#schedule(delayMs)
      })
    return this.#running
  }

  async #publishOnce(): Promise<void> {
    const options = this.#options
    const startedAt = this.#changedAt ?? options.now()
    this.#changedAt = undefined
    const translateStart = options.now()
    const translations = this.#translate()
    const merged = mergeTranslations(translations)
    const translateMs = options.now() - translateStart
    for (const object of translations.flatMap(({ owned = [] }) => owned)) {
      options.source.ensureOwned(object)
    }
    const plan = await planBindings(merged.listeners, options.bindAddress, options.ports)
    const configuration = { ...merged, listeners: plan.listeners }
    const answers = await this.#send(configuration, translations)
    this.#answers = answers ?? this.#answers
    options.ports.releaseAllBut(plan.used)
    const errors = [
      ...plan.refused,
      ...this.#answers.flatMap((answer) => errorsOf(answer, configuration)),
    ]
    // What a thread has not taken is not in force everywhere, and no status says that it is.
    if (this.#isTaken) this.#statuses.write(options.dialects, translations, uniqueErrors(errors))
    else this.#retryLater()
    const fresh = answers ?? []
    const failures = this.#newFailures(fresh)
    for (const message of failures) {
      options.onError('A gateway thread keeps an older configuration:', new Error(message))
    }
    const buildMs = Math.max(
      0,
      ...fresh.map((answer) => ('buildMs' in answer ? answer.buildMs : 0)),
    )
    options.onPublished({
      generation: this.#generation,
      configuration,
      translateMs,
      buildMs,
      totalMs: options.now() - startedAt,
      failedWorkers: failures.length,
      errors: uniqueErrors(errors),
      refused: plan.refused,
      moved: plan.moved,
    })
  }

  /** True: every thread has taken the latest generation. */
  get #isTaken(): boolean {
    return this.#answers.every(({ type }) => type === 'ack')
  }

  /** A thread is asked again and again; what it says of a generation is told once. */
  #newFailures(answers: readonly WorkerAnswer[]): string[] {
    return answers.flatMap((answer) => {
      if (answer.type === 'ack') return []
      if (this.#toldFailures.has(answer.message)) return []
      this.#toldFailures.add(answer.message)
      return [answer.message]
    })
  }

  /** Asks again in a while: a thread that was replaced has taken everything by then. */
  #retryLater(): void {
    const { retryMs = defaultRetryMs } = this.#options
    if (this.#stopped || this.#retry !== undefined) return
    this.#retry = setTimeout(() => {
      this.#retry = undefined
      this.#changedAt ??= this.#options.now()
      this.#schedule(0)
    }, retryMs)
  }

  #translate(): Translation[] {
    return this.#translators.map((translator, index) => {
      try {
        const translation = translator.translate(this.#view)
        this.#lastTranslations[index] = translation
        return translation
      } catch (error) {
        // A translator must not throw; if one does, what it last said stays in force.
        this.#options.onError(`Dialect ${this.#options.dialects[index]?.name} failed.`, error)
        return this.#lastTranslations[index] ?? emptyTranslation
      }
    })
  }

  /** Undefined: the gateway threads know everything already. */
  async #send(
    configuration: Configuration,
    translations: readonly Translation[],
  ): Promise<readonly WorkerAnswer[] | undefined> {
    const { publisher, onPublishing } = this.#options
    const secrets = this.#secrets.update(unionOf(translations.map((each) => each.secretIds)))
    if (secrets !== undefined) publisher.broadcast(secrets)
    const delta = diffConfigurations(this.#published, configuration)
    const overrides = this.#addresses.update(configuration, this.#view)
    if (overrides !== undefined) publisher.broadcast({ type: 'addresses', overrides })
    const isCurrent = delta === undefined && secrets === undefined && this.#generation > 0
    const rows = isCurrent ? undefined : this.#options.rows.update(configuration)
    if (rows !== undefined) publisher.broadcast({ type: 'endpoint-rows', rows })
    if (!isCurrent || overrides !== undefined) {
      onPublishing(configuration, this.#addresses.current)
    }
    if (isCurrent) {
      return this.#isTaken ? undefined : publisher.answersOf(this.#generation)
    }
    this.#generation++
    this.#toldFailures.clear()
    this.#published = configuration
    const generation = this.#generation
    const message = { type: 'configuration' as const, generation, full: false, delta: delta ?? {} }
    const { parts, last } = splitConfiguration(message)
    for (const part of parts) {
      publisher.broadcast(part)
      // Threads answer requests between parts; without a pause they would find the next one there already.
      await new Promise((resolve) => setTimeout(resolve, partPauseMs))
    }
    publisher.broadcast(last)
    return publisher.answersOf(generation)
  }
}

const emptyTranslation: Translation = {
  configuration: emptyConfiguration,
  statuses: [],
  secretIds: new Set(),
}

const unionOf = (sets: readonly ReadonlySet<string>[]) => new Set(sets.flatMap((set) => [...set]))

function errorsOf(answer: WorkerAnswer, { listeners }: Configuration): OriginError[] {
  if (answer.type === 'nack') return []
  const unbound = answer.bindings.flatMap(({ listenerId, address, port, error }) => {
    const origin = listeners.get(listenerId)?.origin
    if (error === undefined || origin === undefined) return []
    return [{ origin, message: `${address}:${port} cannot be served: ${error}` }]
  })
  return [...answer.errors, ...unbound]
}

/** Every worker reports the same errors; they are told once. */
function uniqueErrors(errors: readonly OriginError[]): OriginError[] {
  const unique = new Map(
    errors.map(({ origin, message }) => [
      JSON.stringify([origin.kind, origin.namespace, origin.name, message]),
      { origin, message },
    ]),
  )
  return [...unique.values()]
}
