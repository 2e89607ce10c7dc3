import type { Origin } from '../../../../ir/origin.ts'
import type { PolicyConfig } from '../../../../ir/policy.ts'
import type { ForwardAction, RouteAction } from '../../../../ir/route.ts'
import type { RouteEffect } from '../../../gateway-api/contribution.ts'
import type { RouteOptions } from '../../../gloo-core/kinds/options/route-options.ts'
import type { Protection } from '../../../gloo-core/options/access/protection.ts'
import { ForwardOptionReader } from '../../../gloo-core/options/forwarding/forward-options.ts'
import { translateRetries } from '../../../gloo-core/options/forwarding/retry.ts'
import type { OptionSet } from '../../../gloo-core/options/option-set.ts'
import { fieldOf, placeOf } from '../../../gloo-core/options/place.ts'
import { secretIdsOfPolicy } from '../../../gloo-core/options/policy-secrets.ts'
import { RoutePolicies } from '../../../gloo-core/options/route-policies.ts'
import type { Scope } from '../../../gloo-core/options/source.ts'
import type { VirtualHostPolicies } from '../../../gloo-core/options/virtual-host.ts'
import { displayReference, resolveReference } from '../../../gloo-core/reference.ts'
import type { FoundUpstream } from '../../../gloo-core/translate/upstream/upstream-translation.ts'
import type { EffectReport } from './effect-report.ts'

/** A rule at a listener, with the options that are in force there. */
export interface OptionedRule {
  readonly id: string
  readonly place: Origin
  readonly action: RouteAction
  readonly policies: readonly PolicyConfig[]
  readonly options: OptionSet<RouteOptions>
  readonly virtualHost: VirtualHostPolicies
  readonly gatewayProtections: readonly Protection[]
  /** Whether WebSockets pass where options do not say so; undefined: as the rule does. */
  readonly websocket: boolean | undefined
}

const digestOf = (found: FoundUpstream) =>
  found.type === 'found' ? found.backend.id : `${found.type}: ${found.message}`

/** The backend that shadows a rule. A missing one is a warning and costs the shadow only. */
function findMirror(
  scope: Scope,
  upstream: NonNullable<RouteOptions['shadowing']>['upstream'],
  origin: Origin,
  report: EffectReport,
): string | undefined {
  const reference = resolveReference(upstream, origin.namespace)
  if (reference === undefined) {
    report.warnings.push(`${placeOf(fieldOf(origin, 'upstream'))} names no Upstream`)
    return undefined
  }
  const name = displayReference(reference)
  scope.read(`Upstream ${name}`, ({ upstreams }) => digestOf(upstreams.find(reference)))
  const found = scope.source.upstreams.find(reference)
  if (found.type === 'found') return found.backend.id
  report.warnings.push(found.message)
  return undefined
}

/** How options change forwarding; what the filters of the rule rewrite stands. */
function createChange(
  scope: Scope,
  rule: OptionedRule,
  report: EffectReport,
): (action: ForwardAction) => ForwardAction {
  const { virtualHost, options, place } = rule
  const reader = new ForwardOptionReader(options, place, report)
  const own = reader.read(undefined)
  const mirrors = reader.mirrors((upstream, origin) => findMirror(scope, upstream, origin, report))
  const inherited = virtualHost.retries && translateRetries(virtualHost.retries.policy).retry
  return (action) => ({
    ...action,
    pathRewrite: action.pathRewrite ?? own.pathRewrite,
    hostRewrite: action.hostRewrite ?? own.hostRewrite,
    appendForwardedHost: own.appendForwardedHost ?? action.appendForwardedHost,
    timeoutMs: own.timeoutMs ?? action.timeoutMs,
    idleTimeoutMs: own.idleTimeoutMs ?? action.idleTimeoutMs,
    retry: own.retry ?? action.retry ?? inherited,
    mirrors: [...action.mirrors, ...mirrors],
    websocket: own.websocket ?? rule.websocket ?? action.websocket,
    hashPolicies: own.hashPolicies.length > 0 ? own.hashPolicies : action.hashPolicies,
  })
}

/** Makes what options add to a rule; what is wrong with them is in the report. */
export function translateOptions(
  scope: Scope,
  rule: OptionedRule,
  report: EffectReport,
): RouteEffect {
  const { action, virtualHost } = rule
  // A Service, say; an Upstream that is missing makes no destination here.
  const route = { ...rule, origin: rule.place, otherBackends: 'others' } as const
  const made = new RoutePolicies(scope, route, report)
  made.protections()
  const access = made.access()
  if (action.type === 'forward' && virtualHost.blockedBy !== undefined) {
    report.block(virtualHost.blockedBy)
  }
  const change = createChange(scope, rule, report)
  const models = made.models(action.type === 'forward' ? change(action) : action)
  const headers = made.headers()
  // A filter of the rule itself stands.
  const cors = rule.policies.some(({ type }) => type === 'cors') ? [] : made.cors()
  const faults = made.faults()
  const limits = made.limits(action)
  const ids = [
    ...[...headers, ...cors, ...faults, ...access, ...limits, ...models.policyIds],
    ...made.virtualHostHeaders(),
  ]
  const byId = new Map(report.policies.map((policy) => [policy.id, policy]))
  const policies = ids.flatMap((id) => byId.get(id) ?? [])
  const calls = models.action?.type === 'forward' ? models.action.modelCalls : undefined
  return {
    policies,
    backends: report.backends,
    secretIds: policies.flatMap(secretIdsOfPolicy),
    changeAction: (before) =>
      before.type === 'forward'
        ? { ...change(before), ...(calls === undefined ? {} : { modelCalls: calls }) }
        : before,
    ...(report.failure === undefined ? {} : { failure: report.failure }),
  }
}
