import type { PathMatcher } from '../../ir/matcher.ts'
import type { HostRewrite, PathRewrite } from '../../ir/route.ts'
import { compileRegex, type RegexError } from '../../lib/regex/regex.ts'
import { segmentPrefixOf } from '../matching/route-table.ts'
import type { RoutedRequest } from '../snapshot.ts'

type RewritePath = (path: string, matched: PathMatcher) => string
type RewriteHost = (request: RoutedRequest) => string

const keepPath: RewritePath = (path) => path
const keepHost: RewriteHost = ({ host }) => host

/** The function that makes the path of the upstream or of a redirect's location. */
export function compilePathRewrite(rewrite: PathRewrite | undefined): RewritePath | RegexError {
  if (rewrite === undefined) return keepPath
  const { type } = rewrite
  if (type === 'regex') {
    const replace = compileReplacer(rewrite.pattern, rewrite.substitution)
    return typeof replace === 'function' ? (path) => rooted(replace(path)) : replace
  }
  const { value } = rewrite
  // As in Envoy, an empty rewrite is none.
  if (value === '') return keepPath
  if (type === 'full') return () => value
  return (path, matched) => replacePrefix(path, matched, value)
}

/** What strips the beginning of a path may strip its first slash, without which it is no path. */
const rooted = (path: string) => (path.startsWith('/') ? path : `/${path}`)

function replacePrefix(path: string, matched: PathMatcher, value: string): string {
  switch (matched.type) {
    case 'exact':
    case 'regex':
      return value
    case 'prefix':
      return joinPaths(value, path.slice(matched.value.length))
    case 'segment-prefix':
      return joinPaths(value, path.slice(segmentPrefixOf(matched.value).length))
    case 'connect':
      return path
  }
}

/** A slash on both sides of the seam would change what many servers understand, so one goes. */
function joinPaths(prefix: string, rest: string): string {
  return prefix.endsWith('/') && rest.startsWith('/') ? prefix + rest.slice(1) : prefix + rest
}

/** The function that makes the host that goes upstream; the endpoint's own name is the gateway's to fill in. */
export function compileHostRewrite(rewrite: HostRewrite | undefined): RewriteHost | RegexError {
  switch (rewrite?.type) {
    case undefined:
    case 'endpoint':
      return keepHost
    case 'literal': {
      const { value } = rewrite
      return value === '' ? keepHost : () => value
    }
    case 'header': {
      const name = rewrite.header.toLowerCase()
      return ({ headers, host }) => headers.get(name) || host
    }
    case 'path-regex': {
      const replace = compileReplacer(rewrite.pattern, rewrite.substitution)
      return typeof replace === 'function' ? ({ path, host }) => replace(path) || host : replace
    }
  }
}

function compileReplacer(
  pattern: string,
  substitution: string,
): ((text: string) => string) | RegexError {
  const regex = compileRegex(pattern)
  return 'type' in regex ? regex : regex.createReplacer(substitution)
}
