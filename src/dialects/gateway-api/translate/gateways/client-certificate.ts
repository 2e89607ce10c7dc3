import type { Backend } from '../../../../ir/backend.ts'
import type { RouteAction, WeightedDestination } from '../../../../ir/route.ts'
import type { ObjectReference } from '../../../../kube/kube-object.ts'
import type { Problem } from '../../conditions.ts'
import type { RouteEffect } from '../../contribution.ts'
import type { SecretObjectReference } from '../../kinds/fields/references.ts'
import type { Scope } from '../source.ts'
import { type KeyPair, readKeyPair } from './key-pair.ts'

/** What a gateway presents to backends that it reaches by TLS, or why it presents nothing. */
export interface ClientCertificate {
  readonly pair: KeyPair | undefined
  readonly problem: Problem | undefined
}

/** Reads `spec.tls.backend.clientCertificateRef` of a Gateway. */
export function readClientCertificate(
  scope: Scope,
  gateway: ObjectReference,
  reference: SecretObjectReference | undefined,
): ClientCertificate {
  if (reference === undefined) return { pair: undefined, problem: undefined }
  const result = readKeyPair(scope, gateway, reference, 'InvalidClientCertificateRef')
  if (!('reason' in result)) return { pair: result, problem: undefined }
  const message = `spec.tls.backend.clientCertificateRef: ${result.message}; backends get no client certificate`
  return { pair: undefined, problem: { reason: result.reason, message } }
}

/** Backends are shared by gateways; those that present a certificate have their own. */
const ownIdOf = (id: string, { namespace, name }: ObjectReference) => `${id}@${namespace}/${name}`

function presentTo(
  scope: Scope,
  gateway: ObjectReference,
  { certificateChain, privateKey }: KeyPair,
  backend: Backend,
): Backend | undefined {
  const { tls } = backend
  if (tls === undefined || tls.certificateChain !== undefined) return undefined
  const id = ownIdOf(backend.id, gateway)
  const { secretId, version } = certificateChain
  return scope.remember(`backend ${id}`, [backend, secretId, version], () => ({
    ...backend,
    id,
    endpoints: backend.endpoints.map((endpoint) => ({
      ...endpoint,
      id: ownIdOf(endpoint.id, gateway),
    })),
    tls: { ...tls, certificateChain, privateKey },
  }))
}

function withOwnBackends(action: RouteAction, ownIds: ReadonlyMap<string, string>): RouteAction {
  if (action.type !== 'forward') return action
  const withOwn = <Part extends { readonly backendId: string }>(part: Part): Part => {
    const backendId = ownIds.get(part.backendId)
    return backendId === undefined ? part : { ...part, backendId }
  }
  const destinations = action.destinations.map((destination): WeightedDestination => {
    if (!('backendId' in destination)) return destination
    const { overrides } = destination
    const own = withOwn(destination)
    return overrides === undefined
      ? own
      : { ...own, overrides: { ...overrides, mirrors: overrides.mirrors.map(withOwn) } }
  })
  return { ...action, destinations, mirrors: action.mirrors.map(withOwn) }
}

/** What it takes that routes to these backends present the client certificate of the gateway; undefined: nothing. */
export function presentClientCertificate(
  scope: Scope,
  gateway: { readonly reference: ObjectReference; readonly clientCertificate: ClientCertificate },
  backends: readonly Backend[],
): RouteEffect | undefined {
  const { pair } = gateway.clientCertificate
  if (pair === undefined) return undefined
  const { reference } = gateway
  const changed = backends.flatMap((backend) => {
    const own = presentTo(scope, reference, pair, backend)
    return own === undefined ? [] : [{ id: backend.id, own }]
  })
  if (changed.length === 0) return undefined
  const owns = changed.map(({ own }) => own)
  const key = `client certificate of ${owns.map(({ id }) => id).join(' ')}`
  return scope.remember(key, owns, () => {
    const ownIds = new Map(changed.map(({ id, own }) => [id, own.id]))
    return {
      policies: [],
      backends: owns,
      secretIds: [pair.certificateChain.secretId],
      changeAction: (action) => withOwnBackends(action, ownIds),
    }
  })
}
