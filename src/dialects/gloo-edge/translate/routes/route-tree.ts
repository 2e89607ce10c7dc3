import type { Route as IrRoute } from '../../../../ir/route.ts'
import type { KubeObject, ObjectReference } from '../../../../kube/kube-object.ts'
import type { Scope } from '../../../gloo-core/options/source.ts'
import { optionsGroup } from '../../../gloo-core/options-group.ts'
import { texts } from '../../conditions.ts'
import type { Route } from '../../kinds/fields/route.ts'
import type { RouteTableSpec } from '../../kinds/route-table.ts'
import { containFailure, type Problem } from '../problem.ts'
import type { RouteOutcome } from '../route-draft.ts'
import { delegateMatcherOf, inheritMatchers } from './inherit-matchers.ts'
import { compareBySpecificity } from './matchers.ts'
import type { ParentContext, RouteInput, VirtualHostContext } from './route-context.ts'
import { effectiveOptionsOf } from './route-options.ts'
import { selectRouteTables } from './select-route-tables.ts'
import { actionFieldsOf, type EffectiveRoute, translateRoute } from './translate-route.ts'

/** Deeper delegation is taken for a mistake; the number of routes can double with each step. */
const maxDepth = 16

/** A list of routes of one object and the place that it has in the tree. */
export interface RouteList {
  readonly routes: readonly Route[]
  readonly owner: ObjectReference
  /** Such as `spec.virtualHost.routes`. */
  readonly fieldPath: string
  /** Begins the ids of the routes; unique to this place in the tree. */
  readonly id: string
  readonly name: (index: number, route: Route) => string
  readonly parent: ParentContext | undefined
}

const nothing = (problems: readonly Problem[]): RouteOutcome => ({
  routes: [],
  policies: [],
  backends: [],
  problems,
})

/** Puts outcomes together in order. */
export const joinOutcomes = (outcomes: readonly RouteOutcome[]): RouteOutcome => ({
  routes: outcomes.flatMap(({ routes }) => routes),
  policies: outcomes.flatMap(({ policies }) => policies),
  backends: outcomes.flatMap(({ backends }) => backends),
  problems: outcomes.flatMap(({ problems }) => problems),
})

/** Translates a list of routes in order; each route is remembered by itself. */
export function translateRouteList(
  scope: Scope,
  list: RouteList,
  virtualHost: VirtualHostContext,
): readonly RouteOutcome[] {
  const { owner, parent, fieldPath } = list
  return list.routes.map((route, index) => {
    const id = `${list.id}[${index}]`
    return scope.remember(id, [route, parent, virtualHost], (inner) =>
      containFailure(
        owner,
        () =>
          translateOne(inner, {
            route,
            id,
            name: list.name(index, route),
            origin: {
              kind: owner.kind,
              namespace: owner.namespace,
              name: owner.name,
              fieldPath: `${fieldPath}[${index}]`,
            },
            owner,
            parent,
            virtualHost,
          }),
        (problem) => nothing([problem]),
      ),
    )
  })
}

function translateOne(scope: Scope, input: RouteInput): RouteOutcome {
  const problems: Problem[] = []
  const warn = (text: string) => {
    problems.push({ severity: 'warning', owner: input.owner, text })
  }
  const inherited = inheritMatchers(input.route, input.parent)
  if (inherited.type === 'conflict') {
    warn(inherited.text)
    return nothing(problems)
  }
  const options = effectiveOptionsOf(scope, input, warn)
  const effective = { matchers: inherited.matchers, options }
  const fields = actionFieldsOf(input.route)
  const delegates = fields.length === 1 && fields[0] === 'delegateAction'
  const outcome = delegates
    ? delegate(scope, input, effective)
    : translateRoute(scope, input, effective)
  return problems.length === 0
    ? outcome
    : { ...outcome, problems: [...problems, ...outcome.problems] }
}

/** What the tables below get to know; the same reference as before when nothing in it changed. */
function parentContextOf(
  scope: Scope,
  input: RouteInput,
  effective: EffectiveRoute,
): ParentContext | string {
  const matcher = delegateMatcherOf(effective.matchers)
  if (typeof matcher === 'string') return matcher
  const { route, parent } = input
  return scope.remember('parent context', [route, parent], (inner) => ({
    matcher,
    // Read anew so that the context depends on the referenced options.
    options: effectiveOptionsOf(inner, input, () => undefined),
    inheritableMatchers: route.inheritableMatchers ?? parent?.inheritableMatchers ?? false,
    inheritablePathMatchers:
      route.inheritablePathMatchers ?? parent?.inheritablePathMatchers ?? false,
    tables: parent?.tables ?? [],
  }))
}

function delegate(scope: Scope, input: RouteInput, effective: EffectiveRoute): RouteOutcome {
  const { route, owner } = input
  const context = parentContextOf(scope, input, effective)
  if (typeof context === 'string') {
    const text = texts.routeError('ProcessingError', context, `${input.name}-matcher-0`)
    return nothing([{ severity: 'error', owner, text }])
  }
  const selected = selectRouteTables(scope, route.delegateAction ?? {}, owner.namespace)
  if (selected.type === 'warning') {
    return nothing([{ severity: 'warning', owner, text: selected.text }])
  }
  return joinOutcomes(
    selected.byWeight.map((tables) => {
      const outcome = joinOutcomes(
        tables.map((table) => translateTable(scope, table, input, context)),
      )
      return tables.length > 1 ? { ...outcome, routes: sortRoutes(outcome.routes) } : outcome
    }),
  )
}

const sortRoutes = (routes: readonly IrRoute[]) => [...routes].sort(compareBySpecificity)

function translateTable(
  scope: Scope,
  table: KubeObject,
  input: RouteInput,
  context: ParentContext,
): RouteOutcome {
  const { namespace = '', name } = table.metadata
  const owner = { group: optionsGroup, kind: 'RouteTable', namespace, name }
  const display = `${namespace}.${name}`
  const tables = [...context.tables, display]
  if (context.tables.includes(display)) {
    return nothing([{ severity: 'error', owner, text: texts.delegationCycle(tables) }])
  }
  if (tables.length > maxDepth) {
    return nothing([{ severity: 'error', owner, text: texts.delegationDepth(maxDepth) }])
  }
  const { routes = [] } = scope.source.specs.get<RouteTableSpec>(table)
  const id = `${input.id}/${namespace}/${name}/routes`
  return scope.remember(id, [routes, context, input.virtualHost], (inner) => {
    const parent = inner.remember('parent', [context], () => ({ ...context, tables }))
    const list: RouteList = {
      routes,
      owner,
      fieldPath: 'spec.routes',
      id,
      name: (index, route) =>
        `${input.name}_rt:${namespace}_${name}_route:${route.name || `<unnamed-${index}>`}`,
      parent,
    }
    return joinOutcomes(translateRouteList(inner, list, input.virtualHost))
  })
}
