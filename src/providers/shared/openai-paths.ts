import type { ProviderPath } from '../../ir/model-provider.ts'
import { isAmbiguousPath, rebasePath, splitVersion } from './versioned-path.ts'

/** Parts of an API of OpenAI's kind that keep their paths and their bodies. */
const platformApis: ReadonlySet<string> = new Set([
  'completions',
  'audio',
  'embeddings',
  'fine_tuning',
  'batches',
  'files',
  'uploads',
  'images',
  'models',
  'moderations',
  'realtime',
  'responses',
  'conversations',
])

/** What a path asks for at a provider whose own endpoint is `ownSegments` behind a version. */
export type PathMeaning =
  /** The endpoint that the provider is for. */
  | { readonly type: 'own' }
  /** Another part of the provider's API. */
  | { readonly type: 'platform'; readonly api: string; readonly rest: readonly string[] }
  | { readonly type: 'unknown' }

/**
 * A path without a version is a route's own name for the provider's endpoint. One with a version says which part of the API it
 * means.
 */
export function readPath(path: string, ownSegments: readonly string[]): PathMeaning {
  if (isAmbiguousPath(path)) return { type: 'unknown' }
  const versioned = splitVersion(path)
  if (versioned === undefined) return { type: 'own' }
  const [api, ...rest] = versioned.segments
  if (api === undefined) return { type: 'own' }
  if (platformApis.has(api)) return { type: 'platform', api, rest }
  const isOwn =
    versioned.segments.length === ownSegments.length &&
    ownSegments.every((segment, index) => segment === versioned.segments[index])
  return { type: isOwn ? 'own' : 'unknown' }
}

/** The path of the provider's own endpoint. */
export function ownPath(
  own: string,
  ownSuffix: string,
  override: ProviderPath | undefined,
): string {
  if (override === undefined) return own
  return override.type === 'full' ? override.value : override.value.replace(/\/+$/, '') + ownSuffix
}

/** The path of any other part of the API: a full path is not for it. */
export function platformPath(path: string, override: ProviderPath | undefined): string {
  return rebasePath(path, override?.type === 'base' ? override.value : undefined)
}
