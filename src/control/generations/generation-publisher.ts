import type { ObjectView } from '../../dialects/dialect.ts'
import { emptyConfiguration } from '../../dialects/empty-configuration.ts'
import type { Configuration } from '../../ir/configuration.ts'
import type { KubeObject } from '../../kube/kube-object.ts'
import type { ObjectSource } from '../../kube/object-source.ts'
import { diffConfigurations, fullDelta } from '../../link/configuration-diff.ts'
import { splitConfiguration } from '../../link/configuration-parts.ts'
import type { AddressOverride, DownMessage, WorkerAnswer } from '../../link/messages.ts'
import { AddressOverrides } from '../endpoints/address-overrides.ts'
import type { EndpointRows } from '../endpoints/endpoint-rows.ts'
import { SecretDistribution } from './secret-distribution.ts'

/** The gateway threads, as far as generations are published to them. */
export interface Publisher {
  broadcast(message: DownMessage): void
  answersOf(generation: number): Promise<readonly WorkerAnswer[]>
}

export interface GenerationPublisherOptions {
  readonly source: ObjectSource
  readonly publisher: Publisher
  readonly secretValuesOf: (secret: KubeObject) => Readonly<Record<string, string>>
  readonly rows: EndpointRows
  /** The operator's overrides, and where the names of stand-ins lead. */
  readonly addressOverrides: readonly AddressOverride[]
  /**
   * Is told each configuration, and where names lead, after its endpoints have rows and before the gateway threads take
   * it: what it writes into the rows holds from the first request.
   */
  readonly onPublishing: (
    configuration: Configuration,
    addressOverrides: readonly AddressOverride[],
  ) => void
}

/** Tells the gateway threads each configuration and all that they need for it: what they do not know yet, and no more. */
export class GenerationPublisher {
  readonly #options: GenerationPublisherOptions
  readonly #secrets: SecretDistribution
  readonly #addresses: AddressOverrides
  #configuration: Configuration = emptyConfiguration
  #generation = 0
  /** What the gateway threads said of the generation in force; it holds while nothing new is published. */
  #answers: readonly WorkerAnswer[] = []
  /** What threads said of the generation that could not be taken everywhere. */
  readonly #toldFailures = new Set<string>()

  constructor(options: GenerationPublisherOptions) {
    this.#options = options
    this.#secrets = new SecretDistribution(options.source, options.secretValuesOf)
    this.#addresses = new AddressOverrides(options.addressOverrides)
  }

  /** The configuration in force. */
  get configuration(): Configuration {
    return this.#configuration
  }

  get generation(): number {
    return this.#generation
  }

  get answers(): readonly WorkerAnswer[] {
    return this.#answers
  }

  /** True: every thread has taken the latest generation. */
  get isTaken(): boolean {
    return this.#answers.every(({ type }) => type === 'ack')
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
      delta: fullDelta(this.#configuration),
    }
    const endpointRows: DownMessage = { type: 'endpoint-rows', rows: rows.current }
    return [addresses, this.#secrets.all(), endpointRows, configuration]
  }

  /** The answers of the gateway threads; none where they know everything already. */
  async publish(
    configuration: Configuration,
    secretIds: ReadonlySet<string>,
    objects: ObjectView,
  ): Promise<readonly WorkerAnswer[]> {
    const answers = await this.#send(configuration, secretIds, objects)
    if (answers !== undefined) this.#answers = answers
    return answers ?? []
  }

  /** What answers say against a generation. A thread is asked again and again; what it says is told once. */
  newFailures(answers: readonly WorkerAnswer[]): string[] {
    return answers.flatMap((answer) => {
      if (answer.type === 'ack') return []
      if (this.#toldFailures.has(answer.message)) return []
      this.#toldFailures.add(answer.message)
      return [answer.message]
    })
  }

  /** Undefined: the gateway threads know everything already. */
  async #send(
    configuration: Configuration,
    secretIds: ReadonlySet<string>,
    objects: ObjectView,
  ): Promise<readonly WorkerAnswer[] | undefined> {
    const { publisher, onPublishing } = this.#options
    const secrets = this.#secrets.update(secretIds)
    if (secrets !== undefined) publisher.broadcast(secrets)
    const delta = diffConfigurations(this.#configuration, configuration)
    const overrides = this.#addresses.update(configuration, objects)
    if (overrides !== undefined) publisher.broadcast({ type: 'addresses', overrides })
    const isCurrent = delta === undefined && secrets === undefined && this.#generation > 0
    const rows = isCurrent ? undefined : this.#options.rows.update(configuration)
    if (rows !== undefined) publisher.broadcast({ type: 'endpoint-rows', rows })
    if (!isCurrent || overrides !== undefined) {
      onPublishing(configuration, this.#addresses.current)
    }
    if (isCurrent) {
      return this.isTaken ? undefined : publisher.answersOf(this.#generation)
    }
    this.#generation++
    this.#toldFailures.clear()
    this.#configuration = configuration
    const generation = this.#generation
    const message = { type: 'configuration' as const, generation, full: false, delta: delta ?? {} }
    const { parts, last } = splitConfiguration(message)
    for (const part of parts) {
      publisher.broadcast(part)
      // Control answers its own clients between parts.
      await new Promise((resolve) => setImmediate(resolve))
    }
    publisher.broadcast(last)
    return publisher.answersOf(generation)
  }
}
