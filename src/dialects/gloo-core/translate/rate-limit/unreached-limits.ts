import type {
  RateLimitAction,
  RateLimitDescriptor,
  RawRateLimits,
} from '../../kinds/rate-limit/limit-spec.ts'
import { ownCluster } from './lookups.ts'

/** An entry of a descriptor; undefined: with any value. */
interface Entry {
  readonly key: string
  readonly value: string | undefined
}

/** Says of each limit that no request can reach that it limits nothing, and why: a misspelt key leaves a door open. */
export function findUnreachedLimits({
  descriptors = [],
  setDescriptors = [],
  rateLimits = [],
}: RawRateLimits): readonly string[] {
  const made = rateLimits.map(({ actions = [] }) => actions.map(entryOf))
  const madeSets = rateLimits.map(({ setActions = [] }) => setActions.map(entryOf))
  const inTree = unreachedIn(descriptors, { place: 'raw.descriptors', above: [], made })
  const inSets = setDescriptors.flatMap(({ simpleDescriptors = [], rateLimit }, index) => {
    const wanted = simpleDescriptors.map(wantedEntry)
    const isMade = madeSets.some(
      (entries) =>
        entries.length > 0 && wanted.every((entry) => entries.some((each) => fits(entry, each))),
    )
    if (rateLimit === undefined || isMade) return []
    return [textOf(`raw.setDescriptors[${index}]`, 'setActions', wanted, madeSets)]
  })
  return [...inTree, ...inSets]
}

interface Level {
  readonly place: string
  readonly above: readonly Entry[]
  /** What the actions make. */
  readonly made: readonly (readonly Entry[])[]
}

function unreachedIn(
  descriptors: readonly RateLimitDescriptor[],
  { place, above, made }: Level,
): readonly string[] {
  return descriptors.flatMap((descriptor, index) => {
    const here = `${place}[${index}]`
    const first = descriptors.findIndex(
      ({ key, value }) => key === descriptor.key && (value || '') === (descriptor.value || ''),
    )
    if (first < index) return [`${here} limits nothing: ${place}[${first}] is for the same`]
    const path = [...above, wantedEntry(descriptor)]
    const below = unreachedIn(descriptor.descriptors ?? [], {
      ...{ place: `${here}.descriptors`, above: path, made },
    })
    const isMade = made.some(
      (entries) =>
        entries.length === path.length &&
        path.every((wanted, at) => fits(wanted, entries[at] ?? nothing)),
    )
    if (descriptor.rateLimit === undefined || isMade) return below
    return [textOf(here, 'actions', path, made), ...below]
  })
}

const nothing: Entry = { key: '', value: undefined }

const fits = (wanted: Entry, { key, value }: Entry) =>
  wanted.key === key &&
  (wanted.value === undefined || value === undefined || wanted.value === value)

const wantedEntry = ({ key = '', value = '' }: { key?: string; value?: string }): Entry => ({
  key,
  value: value === '' ? undefined : value,
})

function entryOf(action: RateLimitAction): Entry {
  const { genericKey, headerValueMatch, metadata, requestHeaders } = action
  if (genericKey) return { key: 'generic_key', value: genericKey.descriptorValue }
  if (headerValueMatch) return { key: 'header_match', value: headerValueMatch.descriptorValue }
  if (action.sourceCluster) return { key: 'source_cluster', value: ownCluster }
  if (action.remoteAddress) return { key: 'remote_address', value: undefined }
  if (action.destinationCluster) return { key: 'destination_cluster', value: undefined }
  return { key: (requestHeaders ?? metadata)?.descriptorKey ?? '', value: undefined }
}

function textOf(
  place: string,
  field: 'actions' | 'setActions',
  wanted: readonly Entry[],
  made: readonly (readonly Entry[])[],
): string {
  const lists = [...new Set(made.filter((entries) => entries.length > 0).map(nameOf))]
  const others = lists.length === 0 ? 'there are none' : `they make ${lists.join(' and ')}`
  return `${place} limits nothing: no ${field} of rateLimits make ${nameOf(wanted)}; ${others}`
}

const nameOf = (entries: readonly Entry[]) =>
  `(${entries.map(({ key, value }) => (value === undefined ? key : `${key}=${value}`)).join(', ')})`
