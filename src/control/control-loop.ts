import type { Dialect, Translation, Translator } from '../dialects/dialect.ts'
import { emptyConfiguration } from '../dialects/empty-configuration.ts'
import type { Configuration } from '../ir/configuration.ts'
import type { ObjectChange } from '../kube/object-source.ts'
import type { DownMessage } from '../link/messages.ts'
import {
  GenerationPublisher,
  type GenerationPublisherOptions,
} from './generations/generation-publisher.ts'
import {
  buildMsOf,
  errorsOf,
  type GenerationReport,
  uniqueErrors,
} from './generations/generation-report.ts'
import { type BindingPlanner, planBindings } from './ports/plan-bindings.ts'
import { Seeder } from './seeds/seeder.ts'
import { HintRecorder } from './status/hint-recorder.ts'
import { StatusWriter } from './status/status-writer.ts'
import { mergeTranslations } from './translation/merge-translations.ts'
import { SourceView } from './translation/source-view.ts'

export interface ControlLoopOptions extends GenerationPublisherOptions {
  readonly dialects: readonly Dialect[]
  /** Serve gateways on this address instead of the pool's. */
  readonly bindAddress: string | undefined
  readonly ports: BindingPlanner & { releaseAllBut(used: ReadonlySet<string>): void }
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Milliseconds since the Unix epoch. */
  readonly wallClock: () => number
  readonly onPublished: (report: GenerationReport) => void
  readonly onError: (message: string, error: unknown) => void
  /** Pause before a publication that failed is tried again, in milliseconds. */
  readonly retryMs?: number
}

/** Shortest pause between two translations, so that a burst of writes becomes few generations. */
const pauseMs = 5

/** Pause before what failed, such as a store on a full disk, is tried again. */
const defaultRetryMs = 1000

/** Store changed → translate → publish → write status, one generation at a time. */
export class ControlLoop {
  readonly #options: ControlLoopOptions
  readonly #view: SourceView
  readonly #translators: readonly Translator[]
  readonly #seeder: Seeder
  readonly #publisher: GenerationPublisher
  readonly #statuses: StatusWriter
  readonly #hints: HintRecorder
  readonly #lastTranslations: (Translation | undefined)[] = []
  #changedAt: number | undefined
  #running: Promise<void> | undefined
  #unsubscribe: (() => void) | undefined
  #timer: NodeJS.Timeout | undefined
  #stopped = false
  #retry: NodeJS.Timeout | undefined

  constructor(options: ControlLoopOptions) {
    this.#options = options
    this.#view = new SourceView(options.source)
    this.#translators = options.dialects.map((dialect) => dialect.createTranslator())
    const seeds = options.dialects.flatMap((dialect) => dialect.seeds)
    this.#seeder = new Seeder(options.source, seeds)
    this.#publisher = new GenerationPublisher(options)
    this.#statuses = new StatusWriter(options.source, options.wallClock)
    this.#hints = new HintRecorder(options.source)
  }

  /** Makes the seeds, publishes the first generation and follows changes from then on. */
  async start(): Promise<void> {
    this.#unsubscribe = this.#options.source.subscribe((change) => this.#onChange(change))
    this.#seeder.seedAll()
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
    return this.#publisher.configuration
  }

  get generation(): number {
    return this.#publisher.generation
  }

  /** What a worker that starts must be told. */
  stateMessages(): readonly DownMessage[] {
    return this.#publisher.stateMessages()
  }

  #onChange(change: ObjectChange): void {
    this.#view.invalidate(change.kind)
    this.#statuses.forgetOf(change)
    this.#seeder.notice(change)
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
    this.#seeder.seedFresh()
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
    const publisher = this.#publisher
    const answers = await publisher.publish(configuration, secretIdsOf(translations), this.#view)
    options.ports.releaseAllBut(plan.used)
    const errors = uniqueErrors([
      ...plan.refused,
      ...publisher.answers.flatMap((answer) => errorsOf(answer, configuration)),
    ])
    // What a thread has not taken is not in force everywhere, and no status says that it is.
    if (publisher.isTaken) this.#statuses.write(options.dialects, translations, errors)
    else this.#retryLater()
    this.#hints.record(translations)
    const failures = publisher.newFailures(answers)
    for (const message of failures) {
      options.onError('A gateway thread keeps an older configuration:', new Error(message))
    }
    options.onPublished({
      generation: publisher.generation,
      configuration,
      translateMs,
      buildMs: buildMsOf(answers),
      totalMs: options.now() - startedAt,
      failedWorkers: failures.length,
      errors,
      refused: plan.refused,
      moved: plan.moved,
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
}

const emptyTranslation: Translation = {
  configuration: emptyConfiguration,
  statuses: [],
  secretIds: new Set(),
}

const secretIdsOf = (translations: readonly Translation[]): ReadonlySet<string> =>
  new Set(translations.flatMap(({ secretIds }) => [...secretIds]))
