import type { KindDefinition, KindVersion } from '../../kind-definition.ts'
import type { KubeObject } from '../../kube-object.ts'
import { ObjectStore } from '../../store/object-store.ts'
import type { StructuralSchema } from '../../structural-schema.ts'
import type { ServedKind } from '../kind-registry.ts'
import type { ObjectResult } from '../resource-api.ts'
import { ApiError } from '../status-error.ts'
import { StoreResourceApi } from '../store-resource-api.ts'

const text: StructuralSchema = { type: 'string' }
const version = (name: string, schema: StructuralSchema, extra: Partial<KindVersion> = {}) => ({
  name,
  served: true,
  storage: true,
  schema,
  columns: [],
  statusSubresource: false,
  ...extra,
})
const kindOf = (kind: string, extra: Partial<KindDefinition>): KindDefinition => ({
  group: '',
  kind,
  plural: `${kind.toLowerCase()}s`,
  singular: kind.toLowerCase(),
  shortNames: [],
  categories: [],
  scope: 'Namespaced',
  versions: [],
  unknownFields: 'refuse',
  ...extra,
})
const widgetSchema: StructuralSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        size: { type: 'integer', minimum: 1 },
        color: { ...text, default: 'red' },
        replicas: { type: 'integer' },
        ornament: { ...text, 'x-sluice-verdict': { type: 'ignored', reason: 'nobody looks' } },
      },
    },
    status: { type: 'object', properties: { phase: text, replicas: { type: 'integer' } } },
  },
}
/** The kinds of the shop. */
const kinds = [
  kindOf('Namespace', {
    scope: 'Cluster',
    versions: [
      version('v1', {
        type: 'object',
        'x-kubernetes-preserve-unknown-fields': true,
      }),
    ],
  }),
  kindOf('Secret', {
    versions: [
      version(
        'v1',
        {
          type: 'object',
          properties: { type: text, data: { type: 'object', additionalProperties: text } },
        },
        { selectableFields: ['type'] },
      ),
    ],
  }),
  kindOf('Widget', {
    group: 'shop.io',
    unknownFields: 'keep',
    versions: [
      version('v1', widgetSchema, {
        statusSubresource: true,
        scaleSubresource: {
          specReplicasPath: '.spec.replicas',
          statusReplicasPath: '.status.replicas',
        },
      }),
      version('v1beta1', widgetSchema, { storage: false, statusSubresource: true }),
    ],
  }),
]

/** An API with a namespace, a strict and a lenient kind, and time that tests move. */
export class Shop {
  readonly store = new ObjectStore(':memory:', { maxCount: 50, maxBytes: 1e6 })
  readonly timers = new Set<{ at: number; callback: () => void }>()
  #uids = 0
  readonly api = new StoreResourceApi({
    store: this.store,
    kinds,
    clock: {
      now: () => Date.UTC(2026, 0, 1),
      schedule: (at, callback) => {
        const timer = { at, callback }
        this.timers.add(timer)
        return () => this.timers.delete(timer)
      },
    },
    createUid: () => `uid-${++this.#uids}`,
    random: () => 0,
  })
  readonly secrets = this.find('', 'v1', 'secrets')
  readonly widgets = this.find('shop.io', 'v1', 'widgets')
  readonly namespaces = this.find('', 'v1', 'namespaces')

  find(group: string, versionName: string, plural: string): ServedKind {
    const kind = this.api.kinds.find(group, versionName, plural)
    if (kind === undefined) throw new Error(`${plural} is not served`)
    return kind
  }

  /** Lets the timer of that delay fire. */
  fire(delayMs: number): void {
    for (const timer of this.timers) {
      if (timer.at !== delayMs) continue
      this.timers.delete(timer)
      timer.callback()
      return
    }
    throw new Error(`nothing is scheduled after ${delayMs} ms`)
  }

  createSecret(name: string, extra: object = {}, metadata: object = {}): KubeObject {
    const object = { metadata: { name, ...metadata }, ...extra }
    return this.api.create({ kind: this.secrets, namespace: 'default', object }).object
  }

  createWidget(name: string, spec: object = { size: 1 }, metadata: object = {}): ObjectResult {
    return this.api.create({
      kind: this.widgets,
      namespace: 'default',
      fieldValidation: 'Strict',
      object: { metadata: { name, ...metadata }, spec },
    })
  }
}

/** An object of the namespace `default`. */
export function inDefault(kind: ServedKind, name: string) {
  return { kind, namespace: 'default', name }
}

/** What a verb is refused with. */
export function refusal(run: () => unknown): { code: number; reason: unknown; message: unknown } {
  try {
    run()
  } catch (error) {
    if (error instanceof ApiError) {
      const { code, reason, message } = error.status
      return { code, reason, message }
    }
    throw error
  }
  throw new Error('nothing was refused')
}
