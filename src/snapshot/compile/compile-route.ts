import type { ConfigurationError } from '../../ir/configuration.ts'
import type {
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
  CompiledRoute,
} from '../snapshot.ts'
import { compileHostRewrite, compilePathRewrite } from './compile-rewrites.ts'
import { createPolicyChain, emptyChain } from './policy-chain.ts'

/** Why something a route needs is not there. */
export interface Failure {
  readonly type: 'failure'
  readonly code: UnavailableAction['code']
  /** Names the object. */
  readonly message: string
}

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

function compileRedirect(config: RedirectAction): CompiledAction | Failure {
  const rewritePath = compilePathRewrite(config.path)
  if (typeof rewritePath !== 'function') return failure(rewritePath.message)
  return Object.freeze({ type: 'redirect', config, rewritePath })
}

function compileForward(
  route: Route,
  config: ForwardAction,
  context: RouteContext,
): CompiledAction | Failure {
  const rewritePath = compilePathRewrite(config.pathRewrite)
  if (typeof rewritePath !== 'function') return failure(rewritePath.message)
  const rewriteHost = compileHostRewrite(config.hostRewrite)
  if (typeof rewriteHost !== 'function') return failure(rewriteHost.message)
  const destinations: CompiledDestination[] = []
  for (const destination of config.destinations) {
    const compiled = compileDestination(destination, context)
    if (isFailure(compiled)) return compiled
    destinations.push(compiled)
  }
  const totalWeight = destinations.reduce((sum, { weight }) => sum + weight, 0)
  if (totalWeight < 1) return failure('No destination of the route has a weight above 0.')
  return Object.freeze({
    type: 'forward',
    config,
    destinations: Object.freeze(destinations),
    totalWeight,
    rewritePath,
    rewriteHost,
    mirrors: Object.freeze(compileMirrors(route, config.mirrors, context)),
    leadsToModels: destinations.some(
      (destination) => 'backend' in destination && destination.backend.providers.length > 0,
    ),
  })
}

function compileDestination(
  destination: WeightedDestination,
  { parts, policies }: RouteContext,
): CompiledDestination | Failure {
  if ('unavailable' in destination) return destination
  const { backendId, weight, policyIds } = destination
  const backend = parts.backend(backendId)
  if (isFailure(backend)) return backend
  const own = findPolicies(policyIds, parts)
  if (isFailure(own)) return own
  const attemptPolicies = createPolicyChain(
    [...own, ...policies],
    parts.mostSpecificHeaderMutationsWin,
  )
  return Object.freeze({ weight, backend, attemptPolicies })
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

/** Makes a {@link Failure} of the configuration. */
export function failure(message: string, code: Failure['code'] = 'configuration-error'): Failure {
  return { type: 'failure', code, message }
}

/** Tells a {@link Failure} from what was asked for. */
export function isFailure(value: object): value is Failure {
  return 'type' in value && value.type === 'failure'
}
