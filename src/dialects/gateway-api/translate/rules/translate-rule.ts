import type { HashPolicy, RetryConfig, RouteAction } from '../../../../ir/route.ts'
import type { ObjectReference } from '../../../../kube/kube-object.ts'
import type { FilteredRule } from '../../contribution.ts'
import type { RouteFilter } from '../../kinds/fields/filters.ts'
import type { Scope } from '../source.ts'
import {
  type RuleReader,
  translateDestinations,
  translateMirrors,
  type WeightedBackend,
} from './destinations.ts'
import { translateCors } from './filters/cors-filter.ts'
import { translateHeaderFilters } from './filters/header-filter.ts'
import { translateRedirect, translateUrlRewrite } from './filters/rewrite-filters.ts'
import { placeBelow, type RuleDraft, type RulePlace } from './rule-draft.ts'

/** Filters of the rule itself, or of one that hands requests to it. */
export interface FilterLayer {
  readonly filters: readonly RouteFilter[]
  /** The rule that has them. */
  readonly place: RulePlace
  readonly hasBackends: boolean
}

/** What rules of all kinds of routes have. */
export interface RuleParts {
  /** Outermost first. */
  readonly layers: readonly FilterLayer[]
  readonly backendRefs: readonly WeightedBackend[]
  /** 0 is no limit. */
  readonly timeoutMs: number
  readonly retry: RetryConfig | undefined
  readonly hashPolicies: readonly HashPolicy[]
  readonly isGrpc: boolean
}

/** What a rule does with its requests; its policies are in the draft. */
export function translateRuleAction(
  scope: Scope,
  draft: RuleDraft,
  parts: RuleParts,
  place: RulePlace,
): RouteAction {
  const use = { isGrpc: parts.isGrpc, isSticky: parts.hashPolicies.length > 0 }
  const reader: RuleReader = { scope, draft, use }
  translateFilters(reader, parts)
  const action = createAction(reader, parts, place)
  const changed = draft.changes.reduce<RouteAction>((before, change) => change(before), action)
  return draft.unavailable ?? changed
}

function createAction(reader: RuleReader, parts: RuleParts, place: RulePlace): RouteAction {
  const filters = parts.layers.flatMap((layer) => layer.filters)
  const redirect = filters.find(({ requestRedirect }) => requestRedirect !== undefined)
  if (redirect?.requestRedirect !== undefined) return translateRedirect(redirect.requestRedirect)
  const rewrite = filters.find(({ urlRewrite }) => urlRewrite !== undefined)
  // An ExtensionRef filter may answer in the place of backends.
  const answersItself = reader.draft.changes.length > 0 && parts.backendRefs.length === 0
  const destinations = answersItself ? [] : translateDestinations(reader, parts.backendRefs, place)
  return {
    type: 'forward',
    destinations,
    ...translateUrlRewrite(rewrite?.urlRewrite),
    appendForwardedHost: rewrite?.urlRewrite?.hostname !== undefined,
    timeoutMs: parts.timeoutMs,
    idleTimeoutMs: undefined,
    retry: parts.retry,
    mirrors: parts.layers.flatMap((layer) => translateMirrors(reader, layer.filters, layer.place)),
    websocket: true,
    hashPolicies: parts.hashPolicies,
  }
}

/** The objects that filters of type ExtensionRef name, in order. */
export const extensionsOf = (
  filters: readonly RouteFilter[],
  namespace: string,
): readonly ObjectReference[] =>
  filters.flatMap(({ extensionRef }) =>
    extensionRef === undefined ? [] : [{ ...extensionRef, namespace }],
  )

/** Adds what filters ask for to the draft, but for what decides where requests go. */
export function translateFilters(
  reader: Pick<RuleReader, 'scope' | 'draft'>,
  { layers }: Pick<RuleParts, 'layers'>,
): void {
  for (const layer of layers) translateLayer(reader, layer)
}

function translateLayer(
  { scope, draft }: Pick<RuleReader, 'scope' | 'draft'>,
  { filters, place, hasBackends }: FilterLayer,
): void {
  const rule: FilteredRule = {
    hasBackends,
    isRedirect: filters.some(({ requestRedirect }) => requestRedirect !== undefined),
    extensions: extensionsOf(filters, place.namespace),
  }
  const headers = translateHeaderFilters(draft, filters, placeBelow(place, 'filters'), 'route')
  if (headers !== undefined) draft.addPolicy(headers)
  filters.forEach((filter, index) => {
    const where = placeBelow(place, `filters[${index}]`)
    if (filter.cors !== undefined) draft.addPolicy(translateCors(filter.cors, where))
    if (filter.extensionRef !== undefined) {
      const reference = { ...filter.extensionRef, namespace: place.namespace }
      addExtension({ scope, draft }, reference, where, rule)
    }
    if (filter.type === 'ExternalAuth') {
      const message = `${where.fieldPath}: external authorisation is not supported; the requests of the rule are refused rather than passed unchecked`
      draft.refuse({ reason: 'UnsupportedValue', message })
    }
  })
}

function addExtension(
  { scope, draft }: Pick<RuleReader, 'scope' | 'draft'>,
  reference: ObjectReference,
  place: RulePlace,
  rule: FilteredRule,
): void {
  const { group, kind, name } = reference
  const key = `filter ${group}/${kind} ${place.namespace}/${name} at ${place.kind} ${place.name} ${place.fieldPath}`
  const found = scope.read(key, ({ contributions }) =>
    contributions.ownerOf('filters', reference)?.findFilter?.(reference, place, rule),
  )
  if (found?.type === 'found') {
    draft.addEffect(found.effect)
    return
  }
  if (found?.type === 'incompatible') {
    draft.refuse({ reason: 'IncompatibleFilters', message: found.message })
    return
  }
  const problem = found ?? {
    type: 'unresolved',
    reason: 'InvalidKind',
    message: `${kind} ${place.namespace}/${name} (group "${group}") is not a kind of filter that is served`,
  }
  draft.addUnresolved(problem)
  draft.unavailable ??= draft.unavailableWith('configuration-error', problem.message)
}
