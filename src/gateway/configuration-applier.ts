import { formatSocketAddress } from '../lib/http/socket-address.ts'
import { messageOf } from '../lib/message-of.ts'
import type { IncomingConfiguration } from '../link/configuration-parts.ts'
import type { BindResult, UpMessage } from '../link/messages.ts'
import type { SnapshotBuilder } from '../snapshot/build/snapshot-builder.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'

export interface ConfigurationApplierOptions {
  readonly builder: SnapshotBuilder
  readonly listeners: { publish(snapshot: Snapshot): Promise<readonly BindResult[]> }
  readonly backends: { retain(snapshot: Snapshot): void }
  /** Is told the addresses on which this process itself listens, before they are opened. */
  readonly onOwnAddresses: (addresses: readonly string[]) => void
  readonly send: (message: UpMessage) => void
}

/** Turns each configuration of control into what this thread serves, one after the other, and answers. */
export class ConfigurationApplier {
  readonly #options: ConfigurationApplierOptions
  #publishing: Promise<void> = Promise.resolve()

  constructor(options: ConfigurationApplierOptions) {
    this.#options = options
  }

  /** Resolves when the message has been answered. */
  async apply({ generation, full, delta }: IncomingConfiguration): Promise<void> {
    const { builder, send } = this.#options
    try {
      const { snapshot, errors, buildMs } = await builder.apply({ generation, full, delta })
      const before = this.#publishing
      const bindings = before.then(() => this.#publish(snapshot))
      this.#publishing = bindings.then(
        () => undefined,
        () => undefined,
      )
      send({ type: 'ack', generation, buildMs, errors, bindings: await bindings })
    } catch (error) {
      const message = messageOf(error)
      send({ type: 'nack', generation, message })
    }
  }

  async #publish(snapshot: Snapshot): Promise<readonly BindResult[]> {
    const { listeners, backends, onOwnAddresses } = this.#options
    onOwnAddresses(ownAddresses(snapshot))
    const results = await listeners.publish(snapshot)
    backends.retain(snapshot)
    return results
  }
}

function ownAddresses({ listeners }: Snapshot): string[] {
  return [...listeners.values()].flatMap(({ config }) =>
    config.bindings.map(({ address, port }) => formatSocketAddress({ host: address, port })),
  )
}
