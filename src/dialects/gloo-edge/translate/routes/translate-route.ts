import type { Route, RouteAction } from '../../../../ir/route.ts'
import type { RouteOptions } from '../../../gloo-core/kinds/options/route-options.ts'
import type { OptionSet } from '../../../gloo-core/options/option-set.ts'
import { placeOf } from '../../../gloo-core/options/place.ts'
import { RoutePolicies } from '../../../gloo-core/options/route-policies.ts'
import type { Scope } from '../../../gloo-core/options/source.ts'
import { texts } from '../../conditions.ts'
import type { Matcher } from '../../kinds/fields/matcher.ts'
import { translateForward } from '../actions/forward.ts'
import { translateDirectResponse, translateRedirect } from '../actions/redirect.ts'
import { RouteDraft, type RouteOutcome } from '../route-draft.ts'
import { findMatcherDoubt, findMatcherError, requestMatcherOf } from './matchers.ts'
import type { RouteInput } from './route-context.ts'
import { refuseForeignSecrets } from './secret-namespaces.ts'

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
  readonly #scope: Scope
  readonly #input: RouteInput
  readonly #effective: EffectiveRoute
  readonly draft: RouteDraft

  constructor(scope: Scope, input: RouteInput, effective: EffectiveRoute) {
    this.#scope = scope
    this.#input = input
    this.#effective = effective
    this.draft = new RouteDraft(input.name, input.origin, input.owner)
  }

  /** Matchers that cannot be compiled are reported and left out: nothing can be said of what they match. */
  matchers(): Route['matchers'] {
    return this.#effective.matchers.flatMap((matcher, index) => {
      const reason = findMatcherError(matcher)
      if (reason === undefined) {
        const doubt = findMatcherDoubt(matcher)
        if (doubt !== undefined) {
          this.draft.report('warning', texts.routeWarning('UnmatchableMatcher', doubt))
        }
        return [requestMatcherOf(matcher)]
      }
      const name = `${this.#input.name}-matcher-${index}`
      this.draft.report('error', texts.routeError('InvalidMatcherError', reason, name))
      return []
    })
  }

  action(): RouteAction | undefined {
    const { route, virtualHost } = this.#input
    const fields = actionFieldsOf(route)
    const place = placeOf(this.#input.origin)
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
      const { options } = this.#effective
      const input = { action: route.routeAction, options }
      return translateForward(this.#scope, this.draft, input, virtualHost)
    }
    this.draft.fail({
      reason: texts.noAction,
      advice: `the route (${place}) has no action. Give it a routeAction, redirectAction, directResponseAction or delegateAction.`,
    })
    return undefined
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
  const { id, name, origin, virtualHost } = input
  const { gatewayProtections } = virtualHost
  const route = { id, origin, options: effective.options, virtualHost, gatewayProtections }
  const policies = new RoutePolicies(scope, route, draft)
  const matchers = translation.matchers()
  policies.protections()
  const access = policies.access()
  const { action, policyIds: models } = policies.models(translation.action())
  const headers = policies.headers()
  refuseForeignSecrets(scope, draft, action, virtualHost.headers)
  const cors = policies.cors()
  const faults = policies.faults()
  const limits = policies.limits(action)
  const { backends, problems, unavailable } = draft
  if (matchers.length === 0) return { routes: [], policies: [], backends: [], problems }
  const shared = { id, name, origin, matchers }
  if (unavailable !== undefined || action === undefined) {
    // Only CORS stays, so that pages of other origins can read the error.
    const kept = draft.policies.filter(({ type }) => type === 'cors')
    const own = { ...shared, action: unavailable ?? unknownAction, policyIds: cors }
    return { routes: [own], policies: kept, backends: [], problems }
  }
  const policyIds = [
    ...headers,
    ...cors,
    ...faults,
    ...access,
    ...limits,
    ...models,
    ...policies.virtualHostHeaders(),
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
