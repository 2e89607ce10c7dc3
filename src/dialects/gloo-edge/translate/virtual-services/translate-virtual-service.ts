import type { Backend } from '../../../../ir/backend.ts'
import type { PolicyConfig } from '../../../../ir/policy.ts'
import type { Route } from '../../../../ir/route.ts'
import type { KubeObject, ObjectReference } from '../../../../kube/kube-object.ts'
import type { Scope } from '../../../gloo-core/options/source.ts'
import { optionsGroup } from '../../../gloo-core/options-group.ts'
import { texts } from '../../conditions.ts'
import type { VirtualServiceSpec } from '../../kinds/virtual-service.ts'
import { containFailure, type Problem } from '../problem.ts'
import { joinOutcomes, type RouteList, translateRouteList } from '../routes/route-tree.ts'
import {
  createVirtualHostContext,
  findDomainErrors,
  type GatewayProfile,
} from './virtual-host-context.ts'

/** A virtual service without the gateway that serves it. */
export interface TranslatedVirtualService {
  /** Lower-case; never empty. */
  readonly domains: readonly string[]
  readonly routes: readonly Route[]
  readonly routeIds: readonly string[]
  readonly policies: readonly PolicyConfig[]
  readonly backends: readonly Backend[]
  readonly problems: readonly Problem[]
}

/** The form in which Gloo's texts name an object. */
export const displayName = ({ metadata }: KubeObject) =>
  `${metadata.namespace ?? ''}.${metadata.name}`

/** The reference of a VirtualService. */
export const virtualServiceReference = ({ metadata }: KubeObject) => ({
  group: optionsGroup,
  kind: 'VirtualService',
  namespace: metadata.namespace ?? '',
  name: metadata.name,
})

function profileIdOf(profile: GatewayProfile): string {
  const { websocket, maxDirectResponseBytes, gatewayProtections } = profile
  const guarded = gatewayProtections
    .filter(({ wanted }) => wanted)
    .map(({ origin: { kind, namespace, name } }) => `-${kind}.${namespace}.${name}`)
    .join('')
  return websocket && maxDirectResponseBytes === 4096 && guarded === ''
    ? ''
    : `/${websocket ? 'websocket' : 'plain'}-${maxDirectResponseBytes}${guarded}`
}

/** What a problem of a route table says on the virtual service that delegates to it. */
function problemsOnVirtualService(problems: readonly Problem[], owner: Problem['owner']) {
  return problems.flatMap((problem) => {
    if (problem.owner.kind !== 'RouteTable') return [problem]
    const table = `${problem.owner.namespace}.${problem.owner.name}`
    return [problem, { ...problem, owner, text: texts.onSubRouteTable(table, problem.text) }]
  })
}

const domainsOf = (domains: readonly string[], display: string) =>
  domains.length === 0
    ? ['*']
    : domains
        .filter((domain) => findDomainErrors([domain], display).length === 0)
        .map((domain) => domain.toLowerCase())

function translateSpec(
  scope: Scope,
  spec: VirtualServiceSpec,
  owner: ObjectReference,
  { id, profile }: { readonly id: string; readonly profile: GatewayProfile },
): TranslatedVirtualService {
  const host = spec.virtualHost
  const settings = scope.remember('settings', [host?.options, host?.optionsConfigRefs], (inner) =>
    createVirtualHostContext(inner, spec, owner, profile),
  )
  const display = `${owner.namespace}.${owner.name}`
  const list: RouteList = {
    routes: host?.routes ?? [],
    owner,
    fieldPath: 'spec.virtualHost.routes',
    id: `${id}/routes`,
    name: (index, { name }) => `${display}-route-${index}${name ? `-${name}` : ''}`,
    parent: undefined,
  }
  const outcome = joinOutcomes(translateRouteList(scope, list, settings.context))
  const domains = host?.domains ?? []
  const noHost = { severity: 'warning', owner, text: texts.noVirtualHost(display) } as const
  const problems: Problem[] = [
    ...(host === undefined ? [noHost] : []),
    ...findDomainErrors(domains, display).map(
      (text) => ({ severity: 'error', owner, text }) as const,
    ),
    ...settings.problems,
    ...problemsOnVirtualService(outcome.problems, owner),
  ]
  const { routes, policies, backends } = outcome
  const routeIds = routes.map((route) => route.id)
  return { domains: domainsOf(domains, display), routes, routeIds, policies, backends, problems }
}

/** Translates a virtual service for the gateways of one profile. */
export function translateVirtualService(
  scope: Scope,
  object: KubeObject,
  profile: GatewayProfile,
): TranslatedVirtualService {
  const spec = scope.source.specs.get<VirtualServiceSpec>(object)
  const owner = virtualServiceReference(object)
  const id = `gloo-edge/${owner.namespace}/${owner.name}${profileIdOf(profile)}`
  return scope.remember(id, [spec], (inner) =>
    containFailure(
      owner,
      () => translateSpec(inner, spec, owner, { id, profile }),
      (problem) => ({
        domains: [],
        routes: [],
        routeIds: [],
        policies: [],
        backends: [],
        problems: [problem],
      }),
    ),
  )
}
