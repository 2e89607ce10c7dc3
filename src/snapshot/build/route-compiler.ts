import type { ConfigurationError } from '../../ir/configuration.ts'
import type { Route } from '../../ir/route.ts'
import { compileRoute, type RouteResult, unavailableRoute } from '../compile/compile-route.ts'
import { type Failure, failure, isFailure } from '../compile/failure.ts'
import type { CompiledMatcher } from '../matching/compile-matcher.ts'
import type { RouteMatch } from '../snapshot.ts'
import type { BuildErrors } from './build-errors.ts'
import { CompileCache } from './compile-cache.ts'
import { compileMatchers, type MatchersResult } from './compile-matchers.ts'
import { compileOnce, unexpected } from './compile-once.ts'
import type { PartCompiler } from './part-compiler.ts'

/** A route, ready for the table of a virtual host. */
export interface RouteEntry {
  readonly matchers: readonly CompiledMatcher[]
  /** What each matcher finds. */
  readonly matches: readonly RouteMatch[]
  readonly errors: readonly ConfigurationError[]
}

/** Compiles routes; what they refer to comes from elsewhere. */
export class RouteCompiler {
  readonly #parts: PartCompiler
  readonly #errors: BuildErrors
  readonly #matchers = new CompileCache<MatchersResult | Failure>()
  readonly #routes = new CompileCache<RouteEntry>()
  readonly #routesWithMostSpecificWinning = new CompileCache<RouteEntry>()
  readonly caches = [this.#matchers, this.#routes, this.#routesWithMostSpecificWinning] as const
  #compiled = 0

  constructor(parts: PartCompiler, errors: BuildErrors) {
    this.#parts = parts
    this.#errors = errors
  }

  /** How many were not used again from an earlier build, ever. */
  get compiled(): number {
    return this.#compiled
  }

  compile(config: Route, wins: boolean): RouteEntry {
    const routes = wins ? this.#routesWithMostSpecificWinning : this.#routes
    const inputs = [config, ...this.#partsOf(config)]
    const entry =
      routes.reuse(config.id, inputs) ??
      routes.store(config.id, inputs, this.#compileRoute(config, wins))
    this.#matchers.keep(config.id)
    this.#errors.add(entry.errors)
    return entry
  }

  /** What the route refers to, compiled. */
  #partsOf({ action, policyIds }: Route): unknown[] {
    const policies = [...policyIds]
    const backends: string[] = []
    if (action.type === 'forward') {
      const mirrors = [...action.mirrors]
      for (const destination of action.destinations) {
        if ('unavailable' in destination) continue
        policies.push(...destination.policyIds)
        if ('redirect' in destination) continue
        backends.push(destination.backendId)
        if (destination.overrides !== undefined) mirrors.push(...destination.overrides.mirrors)
      }
      for (const { backendId } of mirrors) backends.push(backendId)
    }
    return [
      ...policies.map((id) => this.#parts.policy(id)),
      ...backends.map((id) => this.#parts.backend(id)),
    ]
  }

  #compileRoute(config: Route, wins: boolean): RouteEntry {
    this.#compiled += 1
    const { matchers, problems } = this.#matchersOf(config)
    const [problem] = problems
    const result =
      problem === undefined
        ? this.#compileAction(config, wins)
        : unavailableRoute(config, failure(problem))
    const { route } = result
    return {
      matchers,
      matches: matchers.map(({ path }) => Object.freeze({ route, path })),
      errors:
        problem === undefined
          ? result.errors
          : problems.map((message) => ({ origin: config.origin, message })),
    }
  }

  #compileAction(config: Route, wins: boolean): RouteResult {
    try {
      return compileRoute(config, {
        policy: (id) => this.#parts.policy(id),
        backend: (id) => this.#parts.backend(id),
        mostSpecificHeaderMutationsWin: wins,
      })
    } catch (error) {
      return unavailableRoute(config, unexpected(error))
    }
  }

  #matchersOf(config: Route): MatchersResult {
    const result = compileOnce(this.#matchers, { id: config.id, inputs: [config.matchers] }, () =>
      compileMatchers(config.matchers),
    )
    if (!isFailure(result)) return result
    return { matchers: [], problems: [result.message] }
  }
}
