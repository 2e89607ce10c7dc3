import type { Origin } from '../../../ir/origin.ts'
import type { Cors } from '../../../ir/policies/cors.ts'
import type { PolicyConfig } from '../../../ir/policy.ts'
import type { ForwardAction, RouteAction } from '../../../ir/route.ts'
import type { RouteAi } from '../kinds/ai/route-ai.ts'
import type { RouteOptions } from '../kinds/options/route-options.ts'
import { jwtOfRoute } from './access/jwt.ts'
import {
  adviceOf,
  findMissingProtections,
  type Protection,
  protectionsOf,
} from './access/protection.ts'
import { translateRbac } from './access/rbac.ts'
import { translateModelOptions } from './ai/model-options.ts'
import {
  allowsUnknownEndpoints,
  needsRetries,
  type RouteTarget,
  targetOf,
} from './ai/model-route.ts'
import type { PolicyResult } from './failure.ts'
import { translateHeaderManipulation } from './headers/header-mutation.ts'
import { limitedRouteOf } from './limits/limited-route.ts'
import { translateInheritedLimits, translateLimits } from './limits/rate-limit.ts'
import { type OptionSet, originOfOption } from './option-set.ts'
import { idOf, placeOf } from './place.ts'
import type { RouteReport } from './route-report.ts'
import type { Scope } from './source.ts'
import { texts } from './texts.ts'
import { translateCors } from './traffic/cors.ts'
import { translateFaults } from './traffic/fault-injection.ts'
import type { VirtualHostPolicies } from './virtual-host.ts'

/** A route with the options that are in force on it. */
export interface OptionedRoute {
  /** Unique in the configuration. */
  readonly id: string
  readonly origin: Origin
  readonly options: OptionSet<RouteOptions>
  readonly virtualHost: VirtualHostPolicies
  /** What the gateway says of protections. */
  readonly gatewayProtections: readonly Protection[]
  /** What backends are that neither the Upstreams nor the report know; by default it is not known. */
  readonly otherBackends?: RouteTarget
}

interface ModelsOfRoute {
  readonly action: RouteAction | undefined
  readonly policyIds: readonly string[]
}

/**
 * Makes the policies of a route of its options and those of its virtual host. Each method returns the ids of the
 * policies, which are in the report.
 */
export class RoutePolicies {
  readonly #scope: Scope
  readonly #route: OptionedRoute
  readonly #report: RouteReport

  constructor(scope: Scope, route: OptionedRoute, report: RouteReport) {
    this.#scope = scope
    this.#route = route
    this.#report = report
  }

  /** First of all, so that nothing that is repaired later opens the route. */
  protections(): void {
    const { options, origin, virtualHost, gatewayProtections } = this.#route
    const own = protectionsOf(options, origin)
    const levels = [own, virtualHost.protections, gatewayProtections]
    for (const missing of findMissingProtections(levels)) {
      // Those of higher levels are reported there.
      if (own.includes(missing)) this.#report.refuseUnprotected(adviceOf(missing))
      else this.#report.block(adviceOf(missing))
    }
  }

  headers(): string[] {
    const config = this.#route.options.values.headerManipulation
    if (config === undefined) return []
    const origin = this.#originOf('headerManipulation')
    return this.#adopt(translateHeaderManipulation(this.#scope, config, origin, 'route'))
  }

  virtualHostHeaders(): string[] {
    const policy = this.#route.virtualHost.headers
    return policy === undefined ? [] : this.#adopt({ policy, failures: [] })
  }

  cors(): string[] {
    const { cors: inherited, mergeExposeHeaders } = this.#route.virtualHost
    const own = this.#route.options.values.cors
    if (own?.disableForRoute || (own === undefined && inherited === undefined)) return []
    const config = own ?? inherited?.config ?? {}
    const origin = own === undefined && inherited ? inherited.origin : this.#originOf('cors')
    const exposed =
      own !== undefined && mergeExposeHeaders ? (inherited?.config.exposeHeaders ?? []) : []
    const key = `cors ${origin.fieldPath}`
    return this.#adopt(
      this.#scope.remember<PolicyResult<Cors>>(key, [config, origin, exposed.join()], () =>
        translateCors(config, origin, exposed),
      ),
    )
  }

  faults(): string[] {
    const config = this.#route.options.values.faults
    return config === undefined
      ? []
      : this.#adopt(translateFaults(config, this.#originOf('faults')))
  }

  /** Who may come in: what cannot be made keeps everybody out. */
  access(): string[] {
    const { virtualHost, origin, options } = this.#route
    const jwt = jwtOfRoute(this.#scope, options, origin, virtualHost.jwt)
    return [
      ...jwt.own.flatMap((result) => this.#adopt(result)),
      ...jwt.inherited.flatMap(({ result }) => this.#inherit(result)),
      ...this.#rbac(),
    ]
  }

  /** Policies for calls to language models, and the action with how they are made. */
  models(action: RouteAction | undefined): ModelsOfRoute {
    const { ai } = this.#route.options.values
    if (action?.type !== 'forward') {
      // Nothing is asked of a model, so nothing slips past a guard.
      const answersItself = action !== undefined && action.type !== 'unavailable'
      if (answersItself) this.#warnOfNoEffect(ai ?? {}, 'it is not forwarded')
      return { action, policyIds: [] }
    }
    const target = targetOf(this.#scope, action.destinations, {
      backends: this.#report.backends,
      rest: this.#route.otherBackends ?? 'unknown',
    })
    if (target === 'others' && ai !== undefined) this.#refuseAi(ai, 'it leads to no AI Upstream')
    if (target === 'others') return { action, policyIds: [] }
    if (target === 'both' && ai !== undefined && this.#refuseMixed(ai)) {
      return { action, policyIds: [] }
    }
    if (needsRetries(this.#scope, action)) this.#report.report('warning', texts.aiWithoutRetries)
    return this.#callModels(action, ai, target)
  }

  limits(action: RouteAction | undefined): string[] {
    const { id, origin, virtualHost, options } = this.#route
    const own = { options, fallback: origin }
    const levels = { own, virtualHost: virtualHost.limits }
    const route = limitedRouteOf(id, options, action)
    const ownLimits = translateLimits(this.#scope, own, route).flatMap((each) => this.#adopt(each))
    const inherited = translateInheritedLimits(this.#scope, levels, route)
    return [...ownLimits, ...inherited.flatMap((each) => this.#inherit(each))]
  }

  #callModels(action: ForwardAction, ai: RouteAi | undefined, target: RouteTarget): ModelsOfRoute {
    const origin = this.#originOf('ai')
    const options = this.#scope.remember(`ai ${idOf(origin)}`, [ai, origin], (scope) =>
      translateModelOptions(scope, ai ?? {}, origin),
    )
    const place = placeOf(origin)
    for (const warning of options.warnings) {
      this.#report.report('warning', `ai.${warning} (${place})`)
    }
    for (const error of options.errors) {
      const advice = `ai (${place}) is wrong: ${error}. Correct it.`
      this.#report.fail({ reason: `*ai.plugin: ${error}`, advice })
    }
    this.#report.backends.push(...options.backends)
    this.#report.policies.push(...options.policies)
    const policyIds = options.policies.map(({ id }) => id)
    // What is not there yet may be anything; it gets no request.
    if (target === 'unknown') return { action, policyIds }
    const allowUnknownEndpoints = allowsUnknownEndpoints(this.#scope, action.destinations)
    const modelCalls = { ...options.calls, allowUnknownEndpoints }
    return { action: { ...action, modelCalls }, policyIds }
  }

  /** Says which AI options have no effect because of `reason`; a guard that has none closes the route. */
  #refuseAi({ promptGuard, ...rest }: RouteAi, reason: string): void {
    this.#warnOfNoEffect(rest, reason)
    if (promptGuard === undefined) return
    const place = placeOf(this.#originOf('ai'))
    const error = `ai.promptGuard cannot guard this route, because ${reason}`
    const advice = `${error} (${place}). Take it away, or let the route lead to an AI Upstream.`
    this.#report.fail({ reason: `*ai.plugin: ${error}`, advice })
  }

  #warnOfNoEffect(ai: RouteAi, reason: string): void {
    const fields = Object.keys(ai).map((field) => `ai.${field}`)
    if (fields.length === 0) return
    const place = placeOf(this.#originOf('ai'))
    const text = `${fields.join(', ')} (${place}): no effect on this route, because ${reason}`
    this.#report.report('warning', text)
  }

  /** Some of the route's requests go to no model. True: a guard would not see them, so that none may pass. */
  #refuseMixed({ promptGuard, ...rest }: RouteAi): boolean {
    const place = placeOf(this.#originOf('ai'))
    if (promptGuard === undefined) {
      const fields = Object.keys(rest).map((field) => `ai.${field}`)
      const text = `${fields.join(', ')} (${place}): no effect on requests to the destinations of this route that are no AI Upstreams`
      if (fields.length > 0) this.#report.report('warning', text)
      return false
    }
    const error =
      'ai.promptGuard cannot guard a route that leads to AI Upstreams and others at once'
    const advice = `${error} (${place}). Take it away, or make two routes of it.`
    this.#report.fail({ reason: `*ai.plugin: ${error}`, advice })
    return true
  }

  #rbac(): string[] {
    const own = this.#route.options.values.rbac
    if (own?.disable === true) return []
    if (own !== undefined) return this.#adopt(translateRbac(own, this.#originOf('rbac')))
    const { rbac } = this.#route.virtualHost
    return rbac === undefined ? [] : this.#inherit(rbac)
  }

  #originOf(field: string): Origin {
    return originOfOption(this.#route.options, field, this.#route.origin)
  }

  /** As {@link adopt}, for a policy whose failures are reported where it stands. */
  #inherit(result: PolicyResult<PolicyConfig>): string[] {
    for (const { advice } of result.failures) this.#report.block(advice)
    return result.policy === undefined ? [] : this.#adopt(result)
  }

  #adopt(result: PolicyResult<PolicyConfig>): string[] {
    for (const failure of result.failures) this.#report.fail(failure)
    if (result.policy === undefined) return []
    this.#report.policies.push(result.policy)
    return [result.policy.id]
  }
}
