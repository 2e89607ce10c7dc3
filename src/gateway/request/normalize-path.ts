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
 * The path that routes are matched with, or undefined when it must be refused: a fragment, a backslash or an
 * escaped NUL, which servers read in different ways (Envoy's `path_with_escaped_slashes_action` and
 * path canonicalisation, source/common/http/path_utility.cc).
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
  if (options.normalizePath) normalized = removeDotSegments(normalized)
  if (options.mergeSlashes) normalized = normalized.replace(/\/{2,}/g, '/')
  return normalized
}

/** RFC 3986 section 5.2.4 for absolute paths; an escaped dot is a dot (section 6.2.2.2). */
function removeDotSegments(path: string): string {
  const segments = path.slice(1).split('/')
  const kept: string[] = []
  for (const [index, escaped] of segments.entries()) {
    const last = index === segments.length - 1
    const segment = escaped.replace(/%2e/gi, '.')
    if (segment === '.' || segment === '..') {
      if (segment === '..') kept.pop()
      if (last) kept.push('')
    } else {
      kept.push(segment)
    }
  }
  return `/${kept.join('/')}`
}
