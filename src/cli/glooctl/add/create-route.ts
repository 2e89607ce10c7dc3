import { type Command, InvalidArgumentError } from 'commander'
import { CommandError } from '../../command-error.ts'
import { splitList } from '../create/name-value-list.ts'
import { glooNamespace } from '../namespace-flag.ts'

/** The flags of `glooctl add route` that say what the route is. */
export interface RouteFlags {
  readonly pathPrefix?: string
  readonly pathExact?: string
  readonly pathRegex?: string
  readonly method: readonly string[]
  readonly destName?: string
  readonly destNamespace: string
  readonly prefixRewrite?: string
}

export function addRouteFlags(command: Command): Command {
  return command
    .option('--path-prefix <path>', 'match paths that begin so')
    .option('--path-exact <path>', 'match this path')
    .option('--path-regex <regex>', 'match paths of this form')
    .option('--method <methods>', 'match these methods (comma-separated)', splitList, [])
    .option('--dest-name <name>', 'name of the Upstream that gets the requests')
    .option('--dest-namespace <namespace>', 'namespace of that Upstream', glooNamespace)
    .option('--prefix-rewrite <path>', 'what the matched prefix becomes')
    .option('--index <n>', 'where in the list of routes it goes', wholeNumber, 0)
}

function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Write a whole number.')
}

/** A route of a VirtualService. */
export function createRoute(flags: RouteFlags): unknown {
  const { pathPrefix, pathExact, pathRegex, method, destName, destNamespace } = flags
  const paths = [
    ...(pathPrefix === undefined ? [] : [{ prefix: pathPrefix }]),
    ...(pathExact === undefined ? [] : [{ exact: pathExact }]),
    ...(pathRegex === undefined ? [] : [{ regex: pathRegex }]),
  ]
  const [path] = paths
  if (path === undefined || paths.length > 1) {
    throw new CommandError('give one of --path-prefix, --path-exact and --path-regex')
  }
  if (destName === undefined) throw new CommandError('--dest-name says where requests go')
  return {
    matchers: [{ ...path, ...(method.length === 0 ? {} : { methods: method }) }],
    routeAction: { single: { upstream: { name: destName, namespace: destNamespace } } },
    ...(flags.prefixRewrite === undefined
      ? {}
      : { options: { prefixRewrite: flags.prefixRewrite } }),
  }
}
