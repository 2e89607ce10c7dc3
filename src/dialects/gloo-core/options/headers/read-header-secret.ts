import type { Origin } from '../../../../ir/origin.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { secretKind, secretValuesOf } from '../../../core/secrets.ts'
import {
  findHeaderSecret as findGlooHeaderSecret,
  type GlooSecretType,
  glooSecretTypeOf,
  headerSecretCommand,
  type SecretHeader,
} from '../../header-secret.ts'
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
  const { namespace, name } = reference
  const where = `Secret ${namespace}/${name} (${placeOf(origin)})`
  if (found.type === 'found') {
    const empty = secret === undefined ? undefined : findEmptyKey(secret)
    return empty === undefined ? found : emptyFailure(reference, empty, where)
  }
  const advice =
    secret === undefined
      ? `${where} does not exist. Create it, for example with: ${headerSecretCommand(reference)}`
      : `${where} is not a header secret: ${whatItIs(secret)}. Use another one, for example made with: ${headerSecretCommand({ namespace, name: `${name}-header` })}`
  return { type: 'failure', reason: found.message, advice }
}

/** The key of an entry that would send a header without a credential; Envoy leaves empty headers out. */
const findEmptyKey = (secret: KubeObject) =>
  Object.entries(secretValuesOf(secret)).find(([, value]) =>
    /^\s*(?:bearer|basic)?\s*$/i.test(value),
  )?.[0]

function emptyFailure(
  reference: ResourceReference,
  key: string,
  where: string,
): HeaderSecretResult {
  const { namespace, name } = reference
  const change = JSON.stringify({ stringData: { [key]: 'VALUE' } })
  return {
    type: 'failure',
    reason: `Secret ${nameOf(reference)} holds no credential for header ${key}`,
    advice: `${where} holds no credential for header ${key}. Give it one, for example with: kubectl patch secret ${name} -n ${namespace} -p '${change}'`,
  }
}

/** Secrets whose `type` does not tell why they are no header secrets. */
const reasons: Partial<Record<GlooSecretType, string>> = {
  aws: 'with aws_access_key_id and aws_secret_access_key it holds AWS credentials',
  annotated:
    'its annotation resource_kind says that it holds an object of an early release of Gloo',
  empty: 'it holds no data',
}

const whatItIs = (secret: KubeObject) =>
  reasons[glooSecretTypeOf(secret)] ?? `its type is ${String(secret['type'] ?? 'Opaque')}`

/** The form in which Gloo's texts name the object of a reference. */
export const nameOf = (reference: ResourceReference | undefined) =>
  reference === undefined ? '.' : displayReference(reference)
