import type { Origin } from '../../../../ir/origin.ts'
import type { RemoteKeys } from '../../../../ir/policies/jwt.ts'
import { parseDuration } from '../../../../lib/time/duration.ts'
import type { Provider } from '../../kinds/options/jwt.ts'
import { displayReference, resolveReference } from '../../reference.ts'
import type { FoundUpstream } from '../../translate/upstream/upstream-translation.ts'
import type { Scope } from '../source.ts'

type Remote = NonNullable<NonNullable<Provider['jwks']>['remote']>

const defaultRefreshMs = 5 * 60_000

const digestOf = (found: FoundUpstream) =>
  found.type === 'found' ? found.backend.id : `${found.type}: ${found.message}`

/** Translates the `jwks.remote` of a provider whose options stand at `origin`. */
export function translateRemoteKeys(
  scope: Scope,
  { url = '', upstreamRef, cacheDuration }: Remote,
  origin: Origin,
): RemoteKeys | { readonly error: string } {
  if (!isWebAddress(url)) return { error: `jwks.remote.url '${url}' is not an http or https URL` }
  const reference = resolveReference(upstreamRef, origin.namespace)
  if (reference === undefined) return { error: 'jwks.remote.upstreamRef names no Upstream' }
  const name = displayReference(reference)
  scope.read(`Upstream ${name}`, ({ upstreams }) => digestOf(upstreams.find(reference)))
  const found = scope.source.upstreams.find(reference)
  if (found.type !== 'found') {
    return { error: `jwks.remote.upstreamRef cannot be used: ${found.message}` }
  }
  const refreshMs =
    cacheDuration === undefined ? defaultRefreshMs : (parseDuration(cacheDuration) ?? 0)
  if (refreshMs < 1000) return { error: 'jwks.remote.cacheDuration is less than a second' }
  const backendId = found.backend.id
  return { type: 'remote', keySetId: `${backendId} ${url}`, url, backendId, refreshMs }
}

function isWebAddress(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, username, password } = new URL(url)
  return /^https?:$/.test(protocol) && username === '' && password === ''
}
