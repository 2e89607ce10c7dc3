/** A path split at its version segment, such as `/openai/v1/files/abc`. */
export interface VersionedPath {
  /** Such as `/v1`. */
  readonly version: string
  /** Segments after it. */
  readonly segments: readonly string[]
}

const versionSegment = /\/v\d[^/]*(?=\/|$)/

/** What a lenient server may take for a separator or for a step upwards, escaped as often as it likes. */
const ambiguous = /%(?:25)*(?:2f|5c|2e|23)|[\\#]|\/\.{1,2}(?:[/;]|$)/i

/** Splits a path at its first version segment; undefined: it has none. */
export function splitVersion(path: string): VersionedPath | undefined {
  const match = versionSegment.exec(path)
  if (match === null) return undefined
  const rest = path.slice(match.index + match[0].length)
  return { version: match[0], segments: rest.split('/').filter((segment) => segment !== '') }
}

/** True: servers may disagree on which resource the path names. */
export function isAmbiguousPath(path: string): boolean {
  return ambiguous.test(path)
}

/** The path from the version segment on, behind the base if there is one, with the version once. */
export function rebasePath(path: string, base: string | undefined): string {
  const found = versionSegment.exec(path)
  // A rewritten prefix may leave two separators in a row, which servers read differently.
  const rest = (found === null ? path : path.slice(found.index)).replace(/\/{2,}/g, '/')
  if (base === undefined) return rest
  const front = base.replace(/\/+$/, '')
  const version = found?.[0] ?? ''
  return version !== '' && front.endsWith(version)
    ? front + rest.slice(version.length)
    : front + rest
}
