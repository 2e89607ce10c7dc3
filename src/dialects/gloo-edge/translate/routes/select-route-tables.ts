import type { KubeObject } from '../../../../kube/kube-object.ts'
import type { Scope } from '../../../gloo-core/options/source.ts'
import { optionsGroup } from '../../../gloo-core/options-group.ts'
import { displayReference, resolveReference } from '../../../gloo-core/reference.ts'
import { texts } from '../../conditions.ts'
import type { DelegateAction, RouteTableSelector } from '../../kinds/fields/route.ts'
import type { RouteTableSpec } from '../../kinds/route-table.ts'
import { findExpressionError, matchesExpressions, matchesLabels } from '../label-selector.ts'

const routeTableKind = { group: optionsGroup, kind: 'RouteTable' } as const

/** Tables of the same weight, in the order in which weights are tried; or what is wrong. */
export type SelectedTables =
  | { readonly type: 'tables'; readonly byWeight: readonly (readonly KubeObject[])[] }
  | { readonly type: 'warning'; readonly text: string }

const warning = (text: string): SelectedTables => ({ type: 'warning', text })

function selectByReference(scope: Scope, action: DelegateAction, ownNamespace: string) {
  const isDeprecatedForm = action.name !== undefined || action.namespace !== undefined
  const value = isDeprecatedForm ? { name: action.name, namespace: action.namespace } : action.ref
  const reference = resolveReference(value, ownNamespace)
  if (reference === undefined) return warning(texts.routeTableMissing('.'))
  const { namespace, name } = reference
  const table = scope.read(`RouteTable ${namespace}/${name}`, ({ objects }) =>
    objects.get(routeTableKind, namespace, name),
  )
  return table === undefined
    ? warning(texts.routeTableMissing(displayReference(reference)))
    : ({ type: 'tables', byWeight: [[table]] } as const)
}

function matchesNamespace(namespaces: readonly string[], namespace: string, own: string): boolean {
  if (namespaces.length === 0) return namespace === own
  return namespaces.includes('*') || namespaces.includes(namespace)
}

function groupByWeight(scope: Scope, tables: readonly KubeObject[]): readonly KubeObject[][] {
  const byWeight = new Map<number, KubeObject[]>()
  for (const table of tables) {
    const { weight = 0 } = scope.source.specs.get<RouteTableSpec>(table)
    byWeight.set(weight, [...(byWeight.get(weight) ?? []), table])
  }
  return [...byWeight].sort(([left], [right]) => left - right).map(([, group]) => group)
}

function selectByLabels(scope: Scope, selector: RouteTableSelector, own: string): SelectedTables {
  const { labels = {}, expressions = [], namespaces = [] } = selector
  if (Object.keys(labels).length > 0 && expressions.length > 0) {
    return warning(texts.labelsAndExpressions)
  }
  for (const expression of expressions) {
    const error = findExpressionError(expression)
    if (error !== undefined) return warning(texts.invalidTableExpression(error))
  }
  const key = `RouteTable by ${JSON.stringify({ labels, expressions, namespaces, own })}`
  const tables = scope.read(key, ({ objects }) =>
    objects.list(routeTableKind).filter(({ metadata }) => {
      const given = metadata.labels ?? {}
      return (
        matchesNamespace(namespaces, metadata.namespace ?? '', own) &&
        matchesLabels(given, labels) &&
        matchesExpressions(given, expressions)
      )
    }),
  )
  return tables.length === 0
    ? warning(texts.noMatchingRouteTables)
    : { type: 'tables', byWeight: groupByWeight(scope, tables) }
}

/** Finds the route tables that an action of an object in `ownNamespace` delegates to. */
export function selectRouteTables(
  scope: Scope,
  action: DelegateAction,
  ownNamespace: string,
): SelectedTables {
  const { name, namespace, ref, selector } = action
  if (name !== undefined || namespace !== undefined || ref !== undefined) {
    return selectByReference(scope, action, ownNamespace)
  }
  return selector === undefined
    ? warning(texts.noDelegationTarget)
    : selectByLabels(scope, selector, ownNamespace)
}
