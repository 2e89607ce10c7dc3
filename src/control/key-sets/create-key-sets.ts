import type { Configuration } from '../../ir/configuration.ts'
import type { AddressOverride } from '../../lib/upstream-address/address-resolver.ts'
import type { DownMessage } from '../../link/messages.ts'
import { createDialing, type DialingOptions } from '../dialing/create-dialing.ts'
import { createFetchKeySet } from './fetch-key-set.ts'
import { KeySetRefresher } from './key-set-refresher.ts'

export interface KeySetsOptions extends DialingOptions {
  /** Takes a line for the log. */
  readonly say: (line: string) => void
}

/** Key sets as a whole: fetched as the configuration says and told to the gateway threads. */
export interface KeySets {
  update(configuration: Configuration, overrides: readonly AddressOverride[]): void
  /** Everything that a thread which starts must know. */
  message(): DownMessage
  stop(): void
}

export function createKeySets(
  options: KeySetsOptions,
  threads: { broadcast(message: DownMessage): void },
): KeySets {
  const dialing = createDialing(options)
  const refresher = new KeySetRefresher({
    fetch: createFetchKeySet(dialing.services),
    clock: options.clock,
    publish: (message) => threads.broadcast(message),
    say: options.say,
  })
  return {
    update(configuration, overrides) {
      dialing.update(configuration, overrides)
      refresher.update(configuration)
    },
    message: () => refresher.message(),
    stop: () => refresher.stop(),
  }
}
