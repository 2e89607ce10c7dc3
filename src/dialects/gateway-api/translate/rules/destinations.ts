import type { DestinationOverrides, Mirror, WeightedDestination } from '../../../../ir/route.ts'
import type { RouteFilter } from '../../kinds/fields/filters.ts'
import type { BackendReference } from '../../kinds/fields/references.ts'
import { findBackend } from '../backends/find-backend.ts'
import type { BackendUse } from '../backends/service-backend.ts'
import type { Scope } from '../source.ts'
import { translateHeaderFilters } from './filters/header-filter.ts'
import { translateRedirect, translateUrlRewrite } from './filters/rewrite-filters.ts'
import { placeBelow, type RuleDraft, type RulePlace } from './rule-draft.ts'

/** What the parts of one rule are read with. */
export interface RuleReader {
  readonly scope: Scope
  readonly draft: RuleDraft
  readonly use: BackendUse
}

/** A backend reference of a rule, of any kind of route. */
export interface WeightedBackend extends BackendReference {
  readonly weight?: number
  readonly filters?: readonly RouteFilter[]
  /** Its place among `backendRefs`, where some of them are not destinations. */
  readonly index?: number
}

const ruleFilterTypes = ['CORS', 'ExternalAuth', 'ExtensionRef']

/** The destinations of a rule; those that lead nowhere answer an error for their share. */
export function translateDestinations(
  reader: RuleReader,
  backends: readonly WeightedBackend[],
  place: RulePlace,
): readonly WeightedDestination[] {
  const { draft } = reader
  const destinations = backends.map((backend, index) =>
    translateDestination(reader, backend, {
      place: placeBelow(place, `backendRefs[${backend.index ?? index}]`),
      isOnly: backends.length === 1,
    }),
  )
  const totalWeight = destinations.reduce((sum, { weight }) => sum + weight, 0)
  if (totalWeight === 0) {
    const message =
      backends.length === 0
        ? `${place.fieldPath} of ${place.kind} ${place.namespace}/${place.name} has no backendRefs; name a backend`
        : `the weights of ${place.fieldPath}.backendRefs of ${place.kind} ${place.namespace}/${place.name} are all 0; give one a weight`
    draft.unavailable ??= draft.unavailableWith('backend-not-found', message)
  }
  return destinations
}

function translateDestination(
  reader: RuleReader,
  backend: WeightedBackend,
  { place, isOnly }: { readonly place: RulePlace; readonly isOnly: boolean },
): WeightedDestination {
  const { scope, draft, use } = reader
  const { weight = 1, filters = [] } = backend
  const found = findBackend(scope, backend, place, use)
  if (found.type !== 'found') {
    if (found.type === 'unresolved') draft.addUnresolved(found)
    else draft.remarks.push(found.message)
    return { weight, unavailable: draft.unavailableWith('backend-not-found', found.message) }
  }
  const policyIds: string[] = []
  const odd = filters.find(({ type }) => ruleFilterTypes.includes(type))
  if (odd !== undefined) {
    const message = `${place.fieldPath}.filters: a filter of type ${odd.type} is supported on rules only, not on backends`
    draft.refuse({ reason: 'UnsupportedValue', message })
  }
  const headers = translateHeaderFilters(
    draft,
    filters,
    placeBelow(place, 'filters'),
    'destination',
  )
  if (headers !== undefined) {
    draft.policies.push(headers)
    policyIds.push(headers.id)
  }
  const redirect = filters.find(({ requestRedirect }) => requestRedirect !== undefined)
  if (redirect?.requestRedirect !== undefined) {
    return { weight, redirect: translateRedirect(redirect.requestRedirect), policyIds }
  }
  if (found.isAdded) draft.backends.push(found.backend)
  if (found.effect !== undefined) {
    draft.addParts(found.effect)
    policyIds.push(...found.effect.policies.map(({ id }) => id))
    if (isOnly && found.effect.changeAction !== undefined) {
      draft.changes.push(found.effect.changeAction)
    }
  }
  const overrides = translateOverrides(reader, filters, place)
  const destination = { backendId: found.backend.id, weight, policyIds }
  return overrides === undefined ? destination : { ...destination, overrides }
}

function translateOverrides(
  reader: RuleReader,
  filters: readonly RouteFilter[],
  place: RulePlace,
): DestinationOverrides | undefined {
  const rewrite = filters.find(({ urlRewrite }) => urlRewrite !== undefined)
  const mirrors = translateMirrors(reader, filters, place)
  if (rewrite === undefined && mirrors.length === 0) return undefined
  return { ...translateUrlRewrite(rewrite?.urlRewrite), mirrors }
}

/** The mirrors of a list of filters; one that leads nowhere is left out, and the status says so. */
export function translateMirrors(
  { scope, draft, use }: RuleReader,
  filters: readonly RouteFilter[],
  place: RulePlace,
): readonly Mirror[] {
  return filters.flatMap(({ requestMirror }, index): readonly Mirror[] => {
    if (requestMirror === undefined) return []
    const where = placeBelow(place, `filters[${index}].requestMirror.backendRef`)
    const found = findBackend(scope, requestMirror.backendRef, where, use)
    if (found.type !== 'found') {
      if (found.type === 'unresolved') draft.addUnresolved(found)
      return []
    }
    if (found.isAdded) draft.backends.push(found.backend)
    const percentage = percentageOf(requestMirror)
    return [{ backendId: found.backend.id, percentage, host: undefined, appendSuffix: false }]
  })
}

function percentageOf({ percent, fraction }: NonNullable<RouteFilter['requestMirror']>): number {
  if (fraction !== undefined) return (fraction.numerator * 100) / (fraction.denominator ?? 100)
  return percent ?? 100
}
