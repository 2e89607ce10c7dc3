/** How a listener wants paths treated. */
export interface PathOptions {
  readonly normalizePath: boolean
  readonly mergeSlashes: boolean
}

const slash = 0x2f
const dot = 0x2e
const percent = 0x25
const backslash = 0x5c
const hash = 0x23

/**
 * The path that routes are matched with, or undefined when it must be refused: a fragment, a backslash, an
 * escaped NUL or dots beside escaped slashes, which servers read in different ways (Envoy's
 * `path_with_escaped_slashes_action` and path canonicalisation, source/common/http/path_utility.cc).
 */
export function normalizePath(path: string, options: PathOptions): string | undefined {
  let unusual = false
  for (let index = 0; index < path.length; index += 1) {
    const code = path.charCodeAt(index)
    if (code === backslash || code === hash) return undefined
    if (code === percent) unusual = true
    else if (code === slash || code === dot) {
      if (path.charCodeAt(index - 1) === slash) unusual = true
    }
  }
  return unusual ? normalizeUnusual(path, options) : path
}

function normalizeUnusual(path: string, options: PathOptions): string | undefined {
  if (path.includes('%00')) return undefined
  let normalized = path
  if (options.normalizePath) {
    normalized = removeDotSegments(unescapeUnreserved(path))
    if (hidesDotSegments(normalized)) return undefined
  }
  if (options.mergeSlashes) normalized = normalized.replace(/\/{2,}/g, '/')
  return normalized
}

const unreserved = /[\w.~-]/

/** An escaped letter is the letter (RFC 3986 section 6.2.2.2): no other spelling of a path gets past its route. */
function unescapeUnreserved(path: string): string {
  return path.replace(/%([2-7][0-9a-f])/gi, (escaped, code: string) => {
    const character = String.fromCharCode(Number.parseInt(code, 16))
    return unreserved.test(character) ? character : escaped
  })
}

/** A server that takes an escaped slash for a slash would leave the route's prefix with `..%2f`. */
function hidesDotSegments(path: string): boolean {
  return /%(?:2f|5c)/i.test(path) && /(?:^|[/\\])\.{1,2}(?:[/\\]|$)/.test(unescapeSlashes(path))
}

function unescapeSlashes(path: string): string {
  return path.replace(/%2f/gi, '/').replace(/%5c/gi, '\\')
}

/** RFC 3986 section 5.2.4 for absolute paths. */
function removeDotSegments(path: string): string {
  const segments = path.slice(1).split('/')
  const kept: string[] = []
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1
    if (segment === '.' || segment === '..') {
      if (segment === '..') kept.pop()
      if (last) kept.push('')
    } else {
      kept.push(segment)
    }
  }
  return `/${kept.join('/')}`
}
