import type { ConfigurationError } from '../../ir/configuration.ts'
import type {
  DestinationOverrides,
  ForwardAction,
  Mirror,
  RedirectAction,
  Route,
  UnavailableAction,
  WeightedDestination,
} from '../../ir/route.ts'
import type { CompiledPolicy } from '../../policies/policy.ts'
import type {
  CompiledAction,
  CompiledBackend,
  CompiledDestination,
  CompiledMirror,
  CompiledRedirect,
  CompiledRoute,
  ForwardRules,
  PolicyChain,
} from '../snapshot.ts'
import { compileHostRewrite, compilePathRewrite } from './compile-rewrites.ts'
import { type Failure, failure, isFailure } from './failure.ts'
import { createPolicyChain, emptyChain } from './policy-chain.ts'

/** What a route refers to, already compiled. */
export interface RouteParts {
  policy(id: string): CompiledPolicy | Failure
  backend(id: string): CompiledBackend | Failure
  readonly mostSpecificHeaderMutationsWin: boolean
}

/** A route and what is wrong with it. */
export interface RouteResult {
  readonly route: CompiledRoute
  readonly errors: readonly ConfigurationError[]
}

/** Compiles one route. What cannot be compiled answers with the reason and never reaches an upstream. */
export function compileRoute(config: Route, parts: RouteParts): RouteResult {
  const policies = findPolicies(config.policyIds, parts)
  if (isFailure(policies)) return unavailableRoute(config, policies)
  const errors: ConfigurationError[] = []
  const action = compileAction(config, { parts, policies, errors })
  if (isFailure(action)) return unavailableRoute(config, action)
  const chain = createPolicyChain(policies, parts.mostSpecificHeaderMutationsWin)
  return { route: Object.freeze({ config, action, policies: chain }), errors }
}

/** The route that says why it cannot serve. */
export function unavailableRoute(config: Route, { code, message }: Failure): RouteResult {
  const status = code === 'backend-not-found' ? 503 : 500
  const action: UnavailableAction = Object.freeze({ type: 'unavailable', code, status, message })
  return {
    route: Object.freeze({ config, action, policies: emptyChain }),
    errors: [{ origin: config.origin, message }],
  }
}

interface RouteContext {
  readonly parts: RouteParts
  readonly policies: readonly CompiledPolicy[]
  readonly errors: ConfigurationError[]
}

function compileAction(config: Route, context: RouteContext): CompiledAction | Failure {
  const { action } = config
  switch (action.type) {
    case 'forward':
      return compileForward(config, action, context)
    case 'redirect':
      return compileRedirect(action)
    case 'direct-response':
    case 'unavailable':
      return action
  }
}

function compileRedirect(config: RedirectAction): CompiledRedirect | Failure {
  const rewritePath = compilePathRewrite(config.path)
  if (typeof rewritePath !== 'function') return failure(rewritePath.message)
  return Object.freeze({ type: 'redirect', config, rewritePath })
}

function compileForward(
  route: Route,
  config: ForwardAction,
  context: RouteContext,
): CompiledAction | Failure {
  const rules = compileRules(route, config, context)
  if (isFailure(rules)) return rules
  const destinations: CompiledDestination[] = []
  for (const destination of config.destinations) {
    const compiled = compileDestination(destination, { ...context, route, rules })
    if (isFailure(compiled)) return compiled
    destinations.push(compiled)
  }
  const totalWeight = destinations.reduce((sum, { weight }) => sum + weight, 0)
  if (totalWeight < 1) return failure('No destination of the route has a weight above 0.')
  return Object.freeze({
    type: 'forward',
    ...rules,
    destinations: Object.freeze(destinations),
    totalWeight,
    leadsToModels: destinations.some(
      (destination) => 'backend' in destination && destination.backend.providers.length > 0,
    ),
  })
}

function compileRules(
  route: Route,
  config: ForwardAction,
  context: RouteContext,
): ForwardRules | Failure {
  const rewritePath = compilePathRewrite(config.pathRewrite)
  if (typeof rewritePath !== 'function') return failure(rewritePath.message)
  const rewriteHost = compileHostRewrite(config.hostRewrite)
  if (typeof rewriteHost !== 'function') return failure(rewriteHost.message)
  const mirrors = Object.freeze(compileMirrors(route, config.mirrors, context))
  return { config, rewritePath, rewriteHost, mirrors }
}

interface DestinationContext extends RouteContext {
  readonly route: Route
  /** Of the route. */
  readonly rules: ForwardRules
}

function compileDestination(
  destination: WeightedDestination,
  context: DestinationContext,
): CompiledDestination | Failure {
  if ('unavailable' in destination) return destination
  const { weight, policyIds } = destination
  const attemptPolicies = compileAttemptPolicies(policyIds, context)
  if (isFailure(attemptPolicies)) return attemptPolicies
  if ('redirect' in destination) {
    const redirect = compileRedirect(destination.redirect)
    return isFailure(redirect) ? redirect : Object.freeze({ weight, redirect, attemptPolicies })
  }
  const { backendId, overrides } = destination
  const backend = context.parts.backend(backendId)
  if (isFailure(backend)) return backend
  const ownRules = overrides && compileOverrides(overrides, context)
  if (ownRules !== undefined && isFailure(ownRules)) return ownRules
  return Object.freeze({ weight, backend, attemptPolicies, ownRules })
}

function compileAttemptPolicies(
  ids: readonly string[],
  { parts, policies }: RouteContext,
): PolicyChain | Failure {
  const own = findPolicies(ids, parts)
  if (isFailure(own)) return own
  return createPolicyChain([...own, ...policies], parts.mostSpecificHeaderMutationsWin)
}

function compileOverrides(
  { pathRewrite, hostRewrite, mirrors }: DestinationOverrides,
  context: DestinationContext,
): ForwardRules | Failure {
  const { route, rules } = context
  const config: ForwardAction = {
    ...rules.config,
    pathRewrite: pathRewrite ?? rules.config.pathRewrite,
    hostRewrite: hostRewrite ?? rules.config.hostRewrite,
    appendForwardedHost: hostRewrite !== undefined || rules.config.appendForwardedHost,
    mirrors,
  }
  const own = compileRules(route, config, context)
  if (isFailure(own)) return own
  return Object.freeze({ ...own, mirrors: Object.freeze([...rules.mirrors, ...own.mirrors]) })
}

/** A mirror that cannot be had is left out: the answer does not depend on it. */
function compileMirrors(
  { origin }: Route,
  mirrors: readonly Mirror[],
  { parts, errors }: RouteContext,
): CompiledMirror[] {
  return mirrors.flatMap(({ backendId, percentage, host, appendSuffix }) => {
    const backend = parts.backend(backendId)
    const problem = isFailure(backend) ? backend.message : whyNotMirrored(backend)
    if (problem === undefined && !isFailure(backend)) {
      return Object.freeze({ backend, percentage, host, appendSuffix })
    }
    errors.push({ origin, message: `Requests are not mirrored: ${problem}` })
    return []
  })
}

/** Copies go as they are, so a provider would be shown what the client sent. */
function whyNotMirrored({ config, providers }: CompiledBackend): string | undefined {
  if (providers.length === 0) return undefined
  return `Backend ${config.name} is a provider of language models.`
}

function findPolicies(ids: readonly string[], parts: RouteParts): CompiledPolicy[] | Failure {
  const found: CompiledPolicy[] = []
  for (const id of ids) {
    const policy = parts.policy(id)
    if (isFailure(policy)) return policy
    found.push(policy)
  }
  return found
}
