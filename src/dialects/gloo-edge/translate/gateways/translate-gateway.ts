import type { Listener } from '../../../../ir/listener.ts'
import type { Origin } from '../../../../ir/origin.ts'
import type { VirtualHost } from '../../../../ir/virtual-host.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import type { Scope } from '../../../gloo-core/options/source.ts'
import type { VirtualServiceSpec } from '../../kinds/virtual-service.ts'
import type { Problem } from '../problem.ts'
import {
  displayName,
  type TranslatedVirtualService,
  translateVirtualService,
  virtualServiceReference,
} from '../virtual-services/translate-virtual-service.ts'
import { assignDomains, type DomainAssignment } from './assign-domains.ts'
import type { GatewayPlan } from './gateway-plan.ts'
import {
  createTlsChains,
  ServerNameClaims,
  type TlsVirtualHost,
  translateSslConfig,
} from './tls-chains.ts'

/** A listener with the virtual hosts that it serves. */
export interface TranslatedGateway {
  readonly listener: Listener
  readonly virtualHosts: readonly VirtualHost[]
  /** The virtual services that were translated for it, in order. */
  readonly served: ReadonlyMap<KubeObject, TranslatedVirtualService>
  readonly problems: readonly Problem[]
}

const originOf = (
  { kind, namespace, name }: { kind: string; namespace: string; name: string },
  fieldPath: string,
): Origin => ({ kind, namespace, name, fieldPath })

const sslConfigOf = (scope: Scope, object: KubeObject) =>
  scope.source.specs.get<VirtualServiceSpec>(object).sslConfig

function createVirtualHost(
  scope: Scope,
  plan: GatewayPlan,
  { object, domains }: DomainAssignment,
  { routeIds }: TranslatedVirtualService,
): VirtualHost {
  const { namespace, name } = plan.reference
  const owner = virtualServiceReference(object)
  const id = `gloo-edge/${namespace}/${name}/${owner.namespace}/${owner.name}`
  return scope.remember(`virtual host ${id}`, [...domains, '', ...routeIds], () => ({
    id,
    name: displayName(object),
    origin: originOf(owner, 'spec.virtualHost'),
    domains,
    routeIds,
  }))
}

/** The chains of a TLS gateway; a virtual service whose certificate is missing has none. */
function findTlsHosts(
  scope: Scope,
  hosts: readonly { readonly object: KubeObject; readonly virtualHostId: string }[],
) {
  const problems: Problem[] = []
  const claims = new ServerNameClaims()
  const found = hosts.flatMap(({ object, virtualHostId }): TlsVirtualHost[] => {
    const owner = virtualServiceReference(object)
    const config = sslConfigOf(scope, object) ?? {}
    const result = translateSslConfig(scope, config, originOf(owner, 'spec.sslConfig'))
    if (result.type === 'chain') {
      const text = claims.claim(result.chain, displayName(object))
      if (text !== undefined) problems.push({ severity: 'warning', owner, text })
      return [{ virtualHostId, chain: result.chain }]
    }
    problems.push({ severity: 'error', owner, text: result.message })
    return []
  })
  return { chains: createTlsChains(found), problems }
}

/** Translates a Gateway and the virtual services it serves. */
export function translateGateway(scope: Scope, plan: GatewayPlan): TranslatedGateway {
  const { reference, isTls } = plan
  const attached = plan.virtualServices.filter(
    (object) => (sslConfigOf(scope, object) !== undefined) === isTls,
  )
  const served = new Map(
    attached.map((object) => [object, translateVirtualService(scope, object, plan.profile)]),
  )
  const { assignments, problems } = assignDomains(
    plan,
    [...served].map(([object, { domains }]) => {
      const { virtualHost } = scope.source.specs.get<VirtualServiceSpec>(object)
      return { object, domains, isDefault: (virtualHost?.domains ?? []).length === 0 }
    }),
  )
  const hosts = assignments.flatMap((assignment) => {
    const translated = served.get(assignment.object)
    if (translated === undefined || assignment.domains.length === 0) return []
    const virtualHost = createVirtualHost(scope, plan, assignment, translated)
    return [{ object: assignment.object, virtualHost, virtualHostId: virtualHost.id }]
  })
  const tls = isTls ? findTlsHosts(scope, hosts) : undefined
  const listener: Listener = {
    id: `gloo-edge/${reference.namespace}/${reference.name}`,
    origin: originOf(reference, 'spec'),
    // Without a certificate no connection could be answered, so none is taken.
    bindings: tls?.chains.length === 0 ? [] : plan.bindings,
    virtualHostIds: isTls ? [] : hosts.map(({ virtualHostId }) => virtualHostId),
    tls: tls?.chains,
    http: plan.http,
    ...(plan.accessLogs.length > 0 ? { accessLogs: plan.accessLogs } : {}),
  }
  return {
    // An equal listener stays the same reference.
    listener: scope.remember(`listener ${listener.id}`, [JSON.stringify(listener)], () => listener),
    virtualHosts: hosts.map(({ virtualHost }) => virtualHost),
    served,
    problems: [...plan.problems, ...problems, ...(tls?.problems ?? [])],
  }
}
