import type { HostRewrite, PathRewrite, RedirectAction } from '../../../../../ir/route.ts'
import type { PathModifier, RouteFilter } from '../../../kinds/fields/filters.ts'

const statuses = [301, 302, 303, 307, 308] as const

/** A missing path is the root: an empty rewrite would be none. */
function pathRewriteOf(path: PathModifier | undefined): PathRewrite | undefined {
  if (path === undefined) return undefined
  return path.type === 'ReplaceFullPath'
    ? { type: 'full', value: path.replaceFullPath || '/' }
    : { type: 'prefix', value: path.replacePrefixMatch || '/' }
}

/** A RequestRedirect filter. */
export function translateRedirect(
  config: NonNullable<RouteFilter['requestRedirect']>,
): RedirectAction {
  const { scheme, port, hostname, statusCode } = config
  return {
    type: 'redirect',
    status: statuses.find((status) => status === statusCode) ?? 302,
    host: hostname,
    port: port ?? (scheme === undefined ? 'listener' : 'default'),
    scheme,
    path: pathRewriteOf(config.path),
    stripQuery: false,
  }
}

/** A URLRewrite filter. */
export function translateUrlRewrite(config: RouteFilter['urlRewrite']): {
  readonly pathRewrite: PathRewrite | undefined
  readonly hostRewrite: HostRewrite | undefined
} {
  const { hostname, path } = config ?? {}
  return {
    pathRewrite: pathRewriteOf(path),
    hostRewrite: hostname === undefined ? undefined : { type: 'literal', value: hostname },
  }
}
