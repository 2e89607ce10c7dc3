import type {
  DescriptorEntry,
  HeaderCondition,
  LimitLookup,
} from '../../../../ir/policies/rate-limit.ts'
import { isRecord } from '../../../../lib/json/is-record.ts'
import { compileRegex } from '../../../../lib/regex/regex.ts'
import type {
  HeaderMatch,
  MetadataKey,
  RateLimitAction,
  RateLimitRequest,
} from '../../kinds/rate-limit/limit-spec.ts'

/** What the actions read of the route that they stand on. */
export interface LimitedRoute {
  /** Name of the upstream; undefined: the route has none. */
  readonly destination: string | undefined
  /** Of the route itself, by namespace. */
  readonly metadata: Readonly<Record<string, unknown>>
}

/** Whether the descriptors of a request differ with the route that they stand on. */
export const dependOnRoute = (requests: readonly RateLimitRequest[]): boolean =>
  requests.some(({ actions = [], setActions = [] }) =>
    [...actions, ...setActions].some(
      ({ destinationCluster, metadata }) =>
        destinationCluster !== undefined || metadata?.source === 'ROUTE_ENTRY',
    ),
  )

/** The name that Gloo's proxies have among Envoy's clusters. */
export const ownCluster = 'gateway'

/** Reads what makes descriptors of requests; an action that never has a value on this route ends its descriptor. */
export function translateLookups(
  requests: readonly RateLimitRequest[],
  place: string,
  route: LimitedRoute,
  errors: string[],
): readonly LimitLookup[] {
  return requests.flatMap(({ actions = [], setActions, limit }, index) => {
    const here = `${place}[${index}]`
    if (actions.length === 0 && setActions === undefined) {
      errors.push(`${here} must have actions or setActions`)
    }
    const reader = new ActionReader(route, errors)
    const path = reader.entries(actions, `${here}.actions`)
    const set = setActions && reader.entries(setActions, `${here}.setActions`)
    if (path === undefined && set === undefined) return []
    const override = limit?.dynamicMetadata?.metadataKey
    return [{ path: path ?? [], set, override: override && pathOf(override) }]
  })
}

const pathOf = ({ key = '', path = [] }: MetadataKey) => [
  key,
  ...path.map((step) => step.key ?? ''),
]

/** `never`: the entry has no value on this route, so that its descriptor is never made. */
type EntryResult = DescriptorEntry | 'never' | undefined

class ActionReader {
  readonly #route: LimitedRoute
  readonly #errors: string[]

  constructor(route: LimitedRoute, errors: string[]) {
    this.#route = route
    this.#errors = errors
  }

  entries(
    actions: readonly RateLimitAction[],
    place: string,
  ): readonly DescriptorEntry[] | undefined {
    const entries = actions.map((action, index) => this.#entry(action, `${place}[${index}]`))
    if (entries.includes('never')) return undefined
    return entries.filter((entry) => typeof entry === 'object')
  }

  #entry(action: RateLimitAction, place: string): EntryResult {
    const fields = Object.keys(action)
    if (fields.length !== 1) {
      const found = fields.length === 0 ? 'none' : fields.join(' and ')
      this.#errors.push(`${place} must have exactly one action, but has ${found}`)
      return undefined
    }
    const { genericKey, requestHeaders, headerValueMatch, metadata } = action
    if (action.sourceCluster !== undefined) return literal('source_cluster', ownCluster)
    if (action.destinationCluster !== undefined) {
      const { destination } = this.#route
      return destination === undefined ? 'never' : literal('destination_cluster', destination)
    }
    if (action.remoteAddress !== undefined) return { type: 'client-address', key: 'remote_address' }
    if (genericKey !== undefined) return this.#genericKey(genericKey, place)
    if (requestHeaders !== undefined) return this.#requestHeaders(requestHeaders, place)
    if (headerValueMatch !== undefined) return this.#headerMatch(headerValueMatch, place)
    if (metadata !== undefined) return this.#metadata(metadata, place)
    this.#errors.push(`${place}.${fields[0]} is not an action`)
    return undefined
  }

  /** The value, which must not be empty. */
  #required(value: string | undefined, place: string): string {
    if (value === undefined || value === '') this.#errors.push(`${place} must be set`)
    return value ?? ''
  }

  #genericKey(
    { descriptorValue }: NonNullable<RateLimitAction['genericKey']>,
    place: string,
  ): DescriptorEntry {
    const value = this.#required(descriptorValue, `${place}.genericKey.descriptorValue`)
    return literal('generic_key', value)
  }

  #requestHeaders(
    { headerName, descriptorKey }: NonNullable<RateLimitAction['requestHeaders']>,
    place: string,
  ): DescriptorEntry {
    const header = this.#required(headerName, `${place}.requestHeaders.headerName`)
    const key = this.#required(descriptorKey, `${place}.requestHeaders.descriptorKey`)
    return { type: 'header', key, header: header.toLowerCase() }
  }

  #headerMatch(
    config: NonNullable<RateLimitAction['headerValueMatch']>,
    place: string,
  ): DescriptorEntry {
    const { descriptorValue, expectMatch = true, headers = [] } = config
    const here = `${place}.headerValueMatch`
    if (headers.length === 0) this.#errors.push(`${here}.headers must not be empty`)
    return {
      type: 'header-match',
      key: 'header_match',
      value: this.#required(descriptorValue, `${here}.descriptorValue`),
      expected: expectMatch,
      conditions: headers.map((match, index) =>
        this.#condition(match, `${here}.headers[${index}]`),
      ),
    }
  }

  #condition(match: HeaderMatch, place: string): HeaderCondition {
    const name = this.#required(match.name, `${place}.name`).toLowerCase()
    if (match.regexMatch !== undefined) {
      const regex = compileRegex(match.regexMatch)
      if ('type' in regex) this.#errors.push(`${place}.regexMatch: ${regex.message}`)
    }
    // `presentMatch: false` asks for a header that is not there.
    const inverted = (match.invertMatch ?? false) !== (match.presentMatch === false)
    return { name, test: testOf(match), inverted }
  }

  #metadata(config: NonNullable<RateLimitAction['metadata']>, place: string): EntryResult {
    const { descriptorKey, metadataKey = {}, source = 'DYNAMIC' } = config
    const key = this.#required(descriptorKey, `${place}.metadata.descriptorKey`)
    this.#required(metadataKey.key, `${place}.metadata.metadataKey.key`)
    const path = pathOf(metadataKey)
    const fallback = config.defaultValue || config.default || undefined
    if (source === 'DYNAMIC') return { type: 'metadata', key, path, fallback }
    const value = valueAt(this.#route.metadata, path) ?? fallback
    return value === undefined ? 'never' : literal(key, value)
  }
}

const literal = (key: string, value: string): DescriptorEntry => ({ type: 'literal', key, value })

function testOf(match: HeaderMatch): HeaderCondition['test'] {
  const { exactMatch, regexMatch, rangeMatch, prefixMatch, suffixMatch } = match
  if (exactMatch !== undefined) return { type: 'exact', value: exactMatch }
  if (regexMatch !== undefined) return { type: 'regex', pattern: regexMatch }
  if (prefixMatch !== undefined) return { type: 'prefix', value: prefixMatch }
  if (suffixMatch !== undefined) return { type: 'suffix', value: suffixMatch }
  if (rangeMatch === undefined) return { type: 'present' }
  return { type: 'range', start: rangeMatch.start ?? 0, end: rangeMatch.end ?? 0 }
}

function valueAt(metadata: unknown, path: readonly string[]): string | undefined {
  const value = path.reduce<unknown>(
    (inner, key) => (isRecord(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
    metadata,
  )
  if (typeof value === 'string') return value === '' ? undefined : value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}
