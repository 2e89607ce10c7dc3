import type { Collection, ConfigurationDelta, ConfigurationError } from '../ir/configuration.ts'
import type { SecretValues } from '../ir/secret-reference.ts'
import type { MetricSample } from '../lib/metrics/metric-sample.ts'
import type { AddressOverride } from '../lib/upstream-address/address-resolver.ts'

export type { ConfigurationDelta, ConfigurationError } from '../ir/configuration.ts'
export type { SecretValues } from '../ir/secret-reference.ts'
export type { AddressOverride } from '../lib/upstream-address/address-resolver.ts'

/** Version of the protocol between control and gateway workers; both sides must agree. */
export const linkVersion = 1

/** Control to worker. */
export type DownMessage =
  | {
      readonly type: 'start'
      readonly linkVersion: number
      readonly workerIndex: number
      /** Memory of the {@link EndpointTable} that all threads share. */
      readonly endpointTable: SharedArrayBuffer
      /** Memory of the counters of limits that all threads share, and of what each thread has reserved. */
      readonly counterTable: {
        readonly counters: SharedArrayBuffer
        readonly reservations: SharedArrayBuffer
      }
      /** Memory of the vocabulary that tokens are counted with; empty until a thread needs it. */
      readonly vocabulary: SharedArrayBuffer
      readonly ticketKeys: Uint8Array
      readonly options: WorkerOptions
    }
  /** Secret values by id, sent before the configuration that refers to them. Replaces what was known of each id. */
  | {
      readonly type: 'secrets'
      readonly set: readonly SecretValues[]
      readonly remove: readonly string[]
    }
  | {
      readonly type: 'configuration'
      /** Counts up by one. */
      readonly generation: number
      /** True: `delta` is the whole configuration and what is not in it is gone. */
      readonly full: boolean
      readonly delta: ConfigurationDelta
    }
  /** Nodes that the configuration of this generation sets, sent ahead of it where it is large. */
  | {
      readonly type: 'configuration-part'
      readonly generation: number
      readonly collection: Collection
      /** A list of nodes as `v8.serialize` writes it, so that the thread reads it when it has the time. */
      readonly nodes: Uint8Array
    }
  /** Rows of the endpoint table by endpoint id, sent before a configuration that needs them. */
  | { readonly type: 'endpoint-rows'; readonly rows: ReadonlyMap<string, number> }
  /** Where names lead that only exist here: stand-ins of a cloud and the operator's overrides. */
  | { readonly type: 'addresses'; readonly overrides: readonly AddressOverride[] }
  /** Public keys that control has fetched, as JSON Web Keys; undefined ones are no longer asked for. */
  | { readonly type: 'key-sets'; readonly keySets: readonly KeySet[] }
  | { readonly type: 'collect-metrics'; readonly requestId: number }
  /** Asks whether the thread still takes its turn. */
  | { readonly type: 'ping' }
  /** Somebody moved the access log away: write to a new file of its name. */
  | { readonly type: 'reopen-access-log' }
  | { readonly type: 'drain'; readonly graceMs: number }

export interface KeySet {
  readonly id: string
  readonly keys: readonly Readonly<Record<string, string>>[] | undefined
}

/** Worker to control. */
export type UpMessage =
  | { readonly type: 'ready'; readonly linkVersion: number }
  | {
      readonly type: 'ack'
      readonly generation: number
      readonly buildMs: number
      readonly errors: readonly ConfigurationError[]
      readonly bindings: readonly BindResult[]
    }
  /** The configuration could not be taken at all; the one before it stays in force. */
  | { readonly type: 'nack'; readonly generation: number; readonly message: string }
  | {
      readonly type: 'metrics'
      readonly requestId: number
      readonly samples: readonly MetricSample[]
    }
  /** An endpoint was taken out or came back, for the log. */
  | { readonly type: 'endpoint-event'; readonly endpointId: string; readonly event: string }
  /** The thread has lost or found the server that it counts limits in. */
  | { readonly type: 'limit-store'; readonly connected: boolean; readonly reason: string }
  | { readonly type: 'pong' }
  | { readonly type: 'drained' }

export interface BindResult {
  readonly listenerId: string
  readonly address: string
  readonly port: number
  /** Undefined: the socket listens. */
  readonly error: string | undefined
}

/** What does not change while a worker lives. */
export interface WorkerOptions {
  /** PEM of authorities trusted beside the system's. */
  readonly extraAuthorities: readonly string[]
  readonly allowLoopbackUpstreams: boolean
  /** `address:port` that requests must never be sent to: Sluice's own. */
  readonly forbiddenAddresses: readonly string[]
  /** `-`: standard output, empty: none, else a file. */
  readonly accessLog: string
  /** Largest body that is kept for a retry, in bytes. */
  readonly retryBufferBytes: number
  /** Open client connections of one address and port in one thread. */
  readonly maxConnections: number
  /** Where limits are counted; undefined: in the memory that all threads of the process share. */
  readonly redis: { readonly url: string; readonly timeoutMs: number } | undefined
}

/** What one worker said of a generation. */
export type WorkerAnswer = Extract<UpMessage, { type: 'ack' | 'nack' }>
