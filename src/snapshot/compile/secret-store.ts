import type { SecretReference, SecretValues } from '../../ir/secret-reference.ts'
import { type Failure, failure } from './failure.ts'

/** The secret values that control has sent. They leave it only compiled into headers and TLS material. */
export class SecretStore {
  readonly #byId = new Map<string, SecretValues>()
  readonly #idsByNode = new WeakMap<object, readonly string[]>()

  /** A secret that is sent again unchanged stays the same object, so that nothing is compiled anew. */
  update(set: readonly SecretValues[], remove: readonly string[]): void {
    for (const id of remove) this.#byId.delete(id)
    for (const secret of set) {
      const known = this.#byId.get(secret.id)
      if (known === undefined || !isSame(known, secret)) this.#byId.set(secret.id, secret)
    }
  }

  value({ secretId, key }: SecretReference): string | undefined {
    const values = this.#byId.get(secretId)?.values
    return values !== undefined && Object.hasOwn(values, key) ? values[key] : undefined
  }

  /** The value, or which Secret lacks it. */
  require(reference: SecretReference): string | Failure {
    const value = this.value(reference)
    if (value !== undefined) return value
    const { secretId, key } = reference
    const isKnown = this.#byId.has(secretId)
    return failure(
      isKnown
        ? `Secret ${secretId} has no key "${key}".`
        : `Secret ${secretId} does not exist or has not been sent.`,
    )
  }

  /** Every secret that `node` refers to, as it is now: what a compiled node depends on beside itself. */
  dependenciesOf(node: object): readonly (SecretValues | undefined)[] {
    let ids = this.#idsByNode.get(node)
    if (ids === undefined) {
      ids = [...new Set(secretIdsIn(node))]
      this.#idsByNode.set(node, ids)
    }
    return ids.map((id) => this.#byId.get(id))
  }
}

function isSame(left: SecretValues, right: SecretValues): boolean {
  const keys = Object.keys(left.values)
  return (
    left.version === right.version &&
    keys.length === Object.keys(right.values).length &&
    keys.every((key) => left.values[key] === right.values[key])
  )
}

function* secretIdsIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return
  if ('secretId' in value && typeof value.secretId === 'string') yield value.secretId
  for (const child of Object.values(value)) yield* secretIdsIn(child)
}
