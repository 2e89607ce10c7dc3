import {
  fieldSecretKey,
  fieldVersionOf,
  parseFieldSecret,
  readField,
} from '../../kube/field-secret.ts'
import type { KubeObject } from '../../kube/kube-object.ts'
import type { ObjectSource } from '../../kube/object-source.ts'
import type { DownMessage, SecretValues } from '../../link/messages.ts'

type SecretsMessage = Extract<DownMessage, { type: 'secrets' }>

/** Tells the workers the values of exactly those Secrets, and fields of other objects, that the configuration refers to. */
export class SecretDistribution {
  readonly #source: ObjectSource
  readonly #valuesOf: (secret: KubeObject) => Readonly<Record<string, string>>
  #sent = new Map<string, SecretValues>()

  constructor(
    source: ObjectSource,
    valuesOf: (secret: KubeObject) => Readonly<Record<string, string>>,
  ) {
    this.#source = source
    this.#valuesOf = valuesOf
  }

  /** What to send so that workers know the Secrets in `ids` as they are now; undefined: nothing. */
  update(ids: ReadonlySet<string>): SecretsMessage | undefined {
    const next = new Map<string, SecretValues>()
    const set: SecretValues[] = []
    for (const id of ids) {
      const values = this.#read(id)
      if (values === undefined) continue
      next.set(id, values)
      if (this.#sent.get(id) !== values) set.push(values)
    }
    const remove = [...this.#sent.keys()].filter((id) => !next.has(id))
    this.#sent = next
    return set.length + remove.length === 0 ? undefined : { type: 'secrets', set, remove }
  }

  /** Everything that was sent, for a worker that starts. */
  all(): SecretsMessage {
    return { type: 'secrets', set: [...this.#sent.values()], remove: [] }
  }

  #read(id: string): SecretValues | undefined {
    const found = this.#readField(id) ?? this.#readSecret(id)
    if (found === undefined) return undefined
    const known = this.#sent.get(id)
    return known?.version === found.version ? known : { id, ...found, values: found.values() }
  }

  #readSecret(id: string): FoundValues | undefined {
    const separator = id.indexOf('/')
    const namespace = id.slice(0, separator)
    const name = id.slice(separator + 1)
    const secret = this.#source.get({ group: '', kind: 'Secret', namespace, name })
    if (secret === undefined) return undefined
    const version = secret.metadata.resourceVersion ?? ''
    return { version, values: () => this.#valuesOf(secret) }
  }

  #readField(id: string): FoundValues | undefined {
    const field = parseFieldSecret(id)
    const object = field && this.#source.get(field.object)
    const value = field && object && readField(object, field.fieldPath)
    if (object === undefined || value === undefined) return undefined
    return { version: fieldVersionOf(object), values: () => ({ [fieldSecretKey]: value }) }
  }
}

interface FoundValues {
  readonly version: string
  readonly values: () => SecretValues['values']
}
