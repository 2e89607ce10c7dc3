import type { KubeObject } from '../../../../kube/kube-object.ts'
import { type Condition, ConditionMaker, type Problem } from '../../conditions.ts'
import { gatewayGroup } from '../../names.ts'
import { readBackendTls } from '../backends/backend-tls.ts'
import type { GatewayPlan } from '../gateways/gateway-plan.ts'
import type { AttachedRoute } from '../routes/attached-routes.ts'
import { displayName, type Scope } from '../source.ts'
import { splitEntries, statusEntriesOf } from './route-status.ts'

/** Which gateways lead to each Service, as `namespace/name`. */
export type GatewaysByService = ReadonlyMap<string, ReadonlySet<GatewayPlan>>

/** Finds the gateways whose routes lead to each Service. */
export function groupGatewaysByService(attached: readonly AttachedRoute[]): GatewaysByService {
  const found = new Map<string, Set<GatewayPlan>>()
  for (const { translated, gateway, problem } of attached.flatMap((each) => each.attachments)) {
    for (const service of translated.services) {
      const known = found.get(service) ?? new Set()
      found.set(service, known)
      if (problem === undefined) known.add(gateway)
    }
  }
  return found
}

/** An older policy has every target that this one names. */
function findConflict(scope: Scope, policy: KubeObject): Problem | undefined {
  const { namespace = '' } = policy.metadata
  const { targetRefs = [] } = scope.source.tlsPolicies.specOf(policy)
  let holder: KubeObject | undefined
  for (const { name, sectionName } of targetRefs) {
    const first = scope.source.tlsPolicies
      .targeting(namespace, name)
      .find((each) => each.sectionName === sectionName)
    if (first === undefined || first.policy === policy) return undefined
    holder = first.policy
  }
  if (holder === undefined) return undefined
  const label = displayName({ kind: holder.kind, namespace, name: holder.metadata.name })
  return { reason: 'Conflicted', message: `${label} is older and has the same targets` }
}

function conditionsOf(scope: Scope, policy: KubeObject): readonly Condition[] {
  const make = new ConditionMaker(policy)
  const tls = readBackendTls(scope, policy)
  const conflict = findConflict(scope, policy)
  const isValid = tls.type === 'tls'
  return [
    make.expect('Accepted', conflict ?? (isValid ? undefined : tls.accepted)),
    make.expect('ResolvedRefs', isValid ? undefined : tls.resolvedRefs),
  ]
}

/** What is to be said of a BackendTLSPolicy; undefined: nothing, because no gateway leads to its targets. */
export function createTlsPolicyStatus(
  scope: Scope,
  policy: KubeObject,
  gatewaysByService: GatewaysByService,
  ownControllers: ReadonlySet<string>,
): unknown {
  const { namespace = '' } = policy.metadata
  const { targetRefs = [] } = scope.source.tlsPolicies.specOf(policy)
  const gateways = new Set(
    targetRefs.flatMap(({ name }) => [...(gatewaysByService.get(`${namespace}/${name}`) ?? [])]),
  )
  const { foreign, hasOwn } = splitEntries(statusEntriesOf(policy, 'ancestors'), ownControllers)
  if (gateways.size === 0 && !hasOwn) return undefined
  const conditions = conditionsOf(scope, policy)
  const own = [...gateways].map(({ reference, profile }) => ({
    ancestorRef: {
      group: gatewayGroup,
      kind: reference.kind,
      namespace: reference.namespace,
      name: reference.name,
    },
    controllerName: profile.controllerName,
    conditions,
  }))
  return { ancestors: [...foreign, ...own] }
}
