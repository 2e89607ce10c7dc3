import type { Origin } from '../../../../ir/origin.ts'
import { secretKind } from '../../../core/secrets.ts'
import { findHeaderSecret as findGlooHeaderSecret, type SecretHeader } from '../../header-secret.ts'
import { displayReference, type ResourceReference, resolveReference } from '../../reference.ts'
import type { Failure } from '../failure.ts'
import { placeOf } from '../place.ts'
import type { Scope } from '../source.ts'

type HeaderSecretResult =
  | { readonly type: 'found'; readonly headers: readonly SecretHeader[] }
  | ({ readonly type: 'failure' } & Failure)

/** Looks a Secret up and remembers that the result depends on it. */
export const readSecret = (scope: Scope, { namespace, name }: ResourceReference) =>
  scope.read(`Secret ${namespace}/${name}`, ({ objects }) =>
    objects.get(secretKind, namespace, name),
  )

/** The headers that a `headerSecretRef` inside of `origin` stands for. */
export function findHeaderSecret(
  scope: Scope,
  value: { readonly name?: string; readonly namespace?: string },
  origin: Origin,
): HeaderSecretResult {
  const reference = resolveReference(value, origin.namespace)
  if (reference === undefined) {
    return {
      type: 'failure',
      reason: 'list did not find secret .',
      advice: `headerSecretRef (${placeOf(origin)}) has no name. Name the Secret.`,
    }
  }
  const secret = readSecret(scope, reference)
  const found = findGlooHeaderSecret(scope.source.objects, reference)
  if (found.type === 'found') return found
  const { namespace, name } = reference
  const where = `Secret ${namespace}/${name} (${placeOf(origin)})`
  const command = `glooctl create secret header ${name} --headers "Authorization"="Bearer TOKEN" -n ${namespace}`
  const advice =
    secret === undefined
      ? `${where} does not exist. Create it, for example with: ${command}`
      : `${where} is not a header secret: its type is ${String(secret['type'] ?? 'Opaque')}. Use another one, for example made with: ${command}`
  return { type: 'failure', reason: found.message, advice }
}

/** The form in which Gloo's texts name the object of a reference. */
export const nameOf = (reference: ResourceReference | undefined) =>
  reference === undefined ? '.' : displayReference(reference)
