import type { Cors } from '../../../../ir/cors.ts'
import type { PolicyConfig } from '../../../../ir/policy.ts'
import type { Route, RouteAction } from '../../../../ir/route.ts'
import { texts } from '../../conditions.ts'
import type { Matcher } from '../../kinds/fields/matcher.ts'
import type { RouteOptions } from '../../kinds/fields/route-options.ts'
import { translateForward } from '../actions/forward.ts'
import { translateDirectResponse, translateRedirect } from '../actions/redirect.ts'
import { translateCors } from '../policies/cors.ts'
import { translateFaults } from '../policies/fault-injection.ts'
import { type PolicyResult, translateHeaderManipulation } from '../policies/header-mutation.ts'
import { jwtOfRoute } from '../policies/jwt.ts'
import { limitedRouteOf } from '../policies/limited-route.ts'
import { adviceOf, findMissingProtections, protectionsOf } from '../policies/protection.ts'
import { translateInheritedLimits, translateLimits } from '../policies/rate-limit.ts'
import { translateRbac } from '../policies/rbac.ts'
import type { Scope } from '../source.ts'
import { findMatcherError, requestMatcherOf } from './matchers.ts'
import { type OptionSet, originOfOption } from './option-set.ts'
import type { RouteInput } from './route-context.ts'
import { placeOf, RouteDraft, type RouteOutcome } from './route-draft.ts'

/** What a route has become after inheritance. */
export interface EffectiveRoute {
  readonly matchers: readonly Matcher[]
  readonly options: OptionSet<RouteOptions>
}

const actionFields = [
  'routeAction',
  'redirectAction',
  'directResponseAction',
  'delegateAction',
] as const

/** The actions that a route names; exactly one is right. */
export const actionFieldsOf = (route: RouteInput['route']) =>
  actionFields.filter((field) => route[field] !== undefined)

/** Translates the parts of one route into its draft. */
class RouteTranslation {
  private readonly scope: Scope
  private readonly input: RouteInput
  private readonly effective: EffectiveRoute
  readonly draft: RouteDraft

  constructor(scope: Scope, input: RouteInput, effective: EffectiveRoute) {
    this.scope = scope
    this.input = input
    this.effective = effective
    this.draft = new RouteDraft(input.name, input.origin, input.owner)
  }

  /** Matchers that cannot be compiled are reported and left out: nothing can be said of what they match. */
  matchers(): Route['matchers'] {
    return this.effective.matchers.flatMap((matcher, index) => {
      const reason = findMatcherError(matcher)
      if (reason === undefined) return [requestMatcherOf(matcher)]
      const name = `${this.input.name}-matcher-${index}`
      this.draft.report('error', texts.routeError('InvalidMatcherError', reason, name))
      return []
    })
  }

  /** First of all, so that nothing that is repaired later opens the route. */
  protections(): void {
    const { virtualHost, origin } = this.input
    const own = protectionsOf(this.effective.options, origin)
    const levels = [own, virtualHost.protections, virtualHost.gatewayProtections]
    for (const missing of findMissingProtections(levels)) {
      // Those of higher levels are reported there.
      if (own.includes(missing)) this.draft.refuseUnprotected(adviceOf(missing))
      else this.draft.block(adviceOf(missing))
    }
  }

  action(): RouteAction | undefined {
    const { route, virtualHost } = this.input
    const fields = actionFieldsOf(route)
    const place = placeOf(this.input.origin)
    if (fields.length > 1) {
      const advice = `the route (${place}) has ${fields.join(' and ')}. Keep one of them.`
      this.draft.fail({ reason: texts.severalActions(fields), advice })
      return undefined
    }
    if (route.redirectAction !== undefined) {
      return translateRedirect(this.draft, route.redirectAction)
    }
    if (route.directResponseAction !== undefined) {
      const limit = virtualHost.maxDirectResponseBytes
      return translateDirectResponse(this.draft, route.directResponseAction, limit)
    }
    if (route.routeAction !== undefined) {
      if (virtualHost.blockedBy !== undefined) this.draft.block(virtualHost.blockedBy)
      const { options } = this.effective
      const input = { action: route.routeAction, options }
      return translateForward(this.scope, this.draft, input, virtualHost)
    }
    this.draft.fail({
      reason: texts.noAction,
      advice: `the route (${place}) has no action. Give it a routeAction, redirectAction, directResponseAction or delegateAction.`,
    })
    return undefined
  }

  headers(): string[] {
    const config = this.effective.options.values.headerManipulation
    if (config === undefined) return []
    const origin = this.originOf('headerManipulation')
    return this.adopt(translateHeaderManipulation(this.scope, config, origin, 'route'))
  }

  cors(): string[] {
    const { cors: inherited, mergeExposeHeaders } = this.input.virtualHost
    const own = this.effective.options.values.cors
    if (own?.disableForRoute || (own === undefined && inherited === undefined)) return []
    const config = own ?? inherited?.config ?? {}
    const origin = own === undefined && inherited ? inherited.origin : this.originOf('cors')
    const exposed =
      own !== undefined && mergeExposeHeaders ? (inherited?.config.exposeHeaders ?? []) : []
    const key = `cors ${origin.fieldPath}`
    return this.adopt(
      this.scope.remember<PolicyResult<Cors>>(key, [config, origin, exposed.join()], () =>
        translateCors(config, origin, exposed),
      ),
    )
  }

  faults(): string[] {
    const config = this.effective.options.values.faults
    return config === undefined ? [] : this.adopt(translateFaults(config, this.originOf('faults')))
  }

  /** Who may come in: what cannot be made keeps everybody out. */
  access(): string[] {
    const { virtualHost, origin } = this.input
    const { options } = this.effective
    const jwt = jwtOfRoute(this.scope, options, origin, virtualHost.jwt)
    return [
      ...jwt.own.flatMap((result) => this.adopt(result)),
      ...jwt.inherited.flatMap(({ result }) => this.inherit(result)),
      ...this.rbac(),
    ]
  }

  private rbac(): string[] {
    const own = this.effective.options.values.rbac
    if (own?.disable === true) return []
    if (own !== undefined) return this.adopt(translateRbac(own, this.originOf('rbac')))
    const { rbac } = this.input.virtualHost
    return rbac === undefined ? [] : this.inherit(rbac)
  }

  limits(action: RouteAction | undefined): string[] {
    const { origin, virtualHost } = this.input
    const own = { options: this.effective.options, fallback: origin }
    const levels = { own, virtualHost: virtualHost.limits }
    const route = limitedRouteOf(this.input.id, this.effective.options, action)
    const ownLimits = translateLimits(this.scope, own, route).flatMap((each) => this.adopt(each))
    const inherited = translateInheritedLimits(this.scope, levels, route)
    return [...ownLimits, ...inherited.flatMap((each) => this.inherit(each))]
  }

  virtualHostHeaders(): string[] {
    const policy = this.input.virtualHost.headers
    return policy === undefined ? [] : this.adopt({ policy, failures: [] })
  }

  private originOf(field: string) {
    return originOfOption(this.effective.options, field, this.input.origin)
  }

  /** As {@link adopt}, for a policy whose failures are reported where it stands. */
  private inherit(result: PolicyResult<PolicyConfig>): string[] {
    for (const { advice } of result.failures) this.draft.block(advice)
    return result.policy === undefined ? [] : this.adopt(result)
  }

  private adopt(result: PolicyResult<PolicyConfig>): string[] {
    for (const failure of result.failures) this.draft.fail(failure)
    if (result.policy === undefined) return []
    this.draft.policies.push(result.policy)
    return [result.policy.id]
  }
}

/** Translates a route that does not delegate. */
export function translateRoute(
  scope: Scope,
  input: RouteInput,
  effective: EffectiveRoute,
): RouteOutcome {
  const translation = new RouteTranslation(scope, input, effective)
  const { draft } = translation
  const matchers = translation.matchers()
  translation.protections()
  const access = translation.access()
  const action = translation.action()
  const headers = translation.headers()
  const cors = translation.cors()
  const faults = translation.faults()
  const limits = translation.limits(action)
  const { backends, problems, unavailable } = draft
  if (matchers.length === 0) return { routes: [], policies: [], backends: [], problems }
  const { id, name, origin } = input
  const shared = { id, name, origin, matchers }
  if (unavailable !== undefined || action === undefined) {
    // Only CORS stays, so that pages of other origins can read the error.
    const policies = draft.policies.filter(({ type }) => type === 'cors')
    const route = { ...shared, action: unavailable ?? unknownAction, policyIds: cors }
    return { routes: [route], policies, backends: [], problems }
  }
  const policyIds = [
    ...headers,
    ...cors,
    ...faults,
    ...access,
    ...limits,
    ...translation.virtualHostHeaders(),
  ]
  return {
    routes: [{ ...shared, action, policyIds }],
    policies: draft.policies,
    backends,
    problems,
  }
}

const unknownAction: RouteAction = {
  type: 'unavailable',
  code: 'configuration-error',
  status: 500,
  message: 'Route is not available: it has no action',
}
