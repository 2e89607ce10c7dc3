import type { ConfigurationError, IncomingDelta } from '../../ir/configuration.ts'
import type { SecretValues } from '../../ir/secret-reference.ts'
import type { Tokenizer } from '../../lib/tokenizer/shared-tokenizer.ts'
import type { CounterStore } from '../../limits/counter-store.ts'
import { compilePolicy } from '../../policies/index.ts'
import type { PolicyServices } from '../../policies/policy.ts'
import type { ProviderServices } from '../../providers/provider.ts'
import { SecretStore } from '../compile/secret-store.ts'
import type { Snapshot } from '../snapshot.ts'
import { NodeStore } from './node-store.ts'
import { runInSlices } from './run-in-slices.ts'
import { SnapshotCompiler } from './snapshot-compiler.ts'

/** Turns the configuration that control sends into snapshots, a few milliseconds at a time. */
export interface SnapshotBuilder {
  /** Takes secret values in; the configuration that refers to them follows. */
  updateSecrets(change: {
    readonly set: readonly SecretValues[]
    readonly remove: readonly string[]
  }): void
  /** Takes in the public keys that control has fetched; undefined keys are gone. In force from the next request on. */
  updateKeySets(keySets: readonly KeySet[]): void
  /**
   * Builds the snapshot of a configuration. Changes that arrive during a build are built together
   * afterwards, and every caller of them gets that one result. Never rejects.
   */
  apply(change: ConfigurationChange): Promise<BuildResult>
}

/** Public keys in the form of JSON Web Keys, as fetched from where `id` says. */
export interface KeySet {
  readonly id: string
  readonly keys: readonly Readonly<Record<string, string>>[] | undefined
}

export interface ConfigurationChange {
  readonly generation: number
  /** True: `delta` is the whole configuration and what is not in it is gone. */
  readonly full: boolean
  readonly delta: IncomingDelta
}

export interface BuildResult {
  readonly snapshot: Snapshot
  /** Every node that is broken in the snapshot; the others are in force. */
  readonly errors: readonly ConfigurationError[]
  /** From the build's beginning to its end, pauses included. */
  readonly buildMs: number
}

export interface SnapshotBuilderOptions {
  /** A number in `[0, 1)`. */
  random(): number
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Milliseconds on a clock that never goes back. */
  monotonicNow(): number
  /** Milliseconds since the Unix epoch on the machine's clock, which windows of limits are aligned to. */
  unixTimeMs(): number
  readonly counters: CounterStore
  readonly tokenizer: Tokenizer
  readonly callBackend: PolicyServices['callBackend']
  readonly callHost: ProviderServices['callHost']
  /** Resolves when the events that wait have had their turn, such as a promise of `setImmediate`. */
  pause(): Promise<void>
  /** How long a build may hold the thread. */
  readonly sliceMs?: number
}

// Each way of a request waits at most this long for a build: to the upstream, and back.
const defaultSliceMs = 2

/** Makes the builder of one worker. */
export function createSnapshotBuilder(options: SnapshotBuilderOptions): SnapshotBuilder {
  const { random, now, monotonicNow, pause, sliceMs = defaultSliceMs } = options
  const secrets = new SecretStore()
  const keySets = new Map<string, KeySet['keys']>()
  const services: PolicyServices = {
    random,
    secretValue: (reference) => secrets.value(reference),
    keySet: (id) => keySets.get(id),
    counters: options.counters,
    tokenizer: options.tokenizer,
    callBackend: options.callBackend,
    unixTimeMs: options.unixTimeMs,
  }
  const nodes = new NodeStore()
  const compiler = new SnapshotCompiler(nodes, {
    secrets,
    now,
    random,
    providers: { unixTimeMs: options.unixTimeMs, callHost: options.callHost },
    compilePolicy: (config) => compilePolicy(config, services),
  })

  function* steps(changes: readonly ConfigurationChange[], generation: number) {
    for (const { delta, full } of changes) yield* nodes.apply(delta, full)
    return yield* compiler.build(generation)
  }

  async function build(changes: readonly ConfigurationChange[]): Promise<BuildResult> {
    const startMs = monotonicNow()
    const generation = Math.max(...changes.map((change) => change.generation))
    const slices = { sliceMs, now: monotonicNow, pause }
    const { snapshot, errors } = await runInSlices(steps(changes, generation), slices)
    return { snapshot, errors, buildMs: monotonicNow() - startMs }
  }

  let running: Promise<unknown> | undefined
  let waiting: { changes: ConfigurationChange[]; result: Promise<BuildResult> } | undefined

  return {
    updateSecrets: ({ set, remove }) => secrets.update(set, remove),

    updateKeySets(changed) {
      for (const { id, keys } of changed) {
        if (keys === undefined) keySets.delete(id)
        else keySets.set(id, keys)
      }
    },

    apply(change) {
      if (waiting !== undefined) {
        waiting.changes.push(change)
        return waiting.result
      }
      const changes = [change]
      const result = (async () => {
        await running
        waiting = undefined
        const building = build(changes)
        running = building.catch(() => undefined)
        return await building
      })()
      waiting = { changes, result }
      return result
    },
  }
}
