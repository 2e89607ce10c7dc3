import { registerHooks } from 'node:module'

/** Where a module is, and what it is written in. */
export interface ResolvedModule {
  readonly url: string
  readonly format: 'module' | 'module-typescript'
}

/** The program's own module that `specifier` means in the module `parentUrl`; undefined: it may be something else. */
export function findOwnModule(
  specifier: string,
  parentUrl: string | undefined,
  rootUrl: string,
): ResolvedModule | undefined {
  if (!specifier.startsWith('.') || parentUrl?.startsWith(rootUrl) !== true) return undefined
  const format = formatOf(specifier)
  return format && { url: new URL(specifier, parentUrl).href, format }
}

function formatOf(specifier: string): ResolvedModule['format'] | undefined {
  if (specifier.endsWith('.ts')) return 'module-typescript'
  return specifier.endsWith('.js') ? 'module' : undefined
}

/**
 * Takes relative imports below `root` as they are written, for this thread. Node asks the file system for each whether it is
 * there, a link, and in a package of which type: a quarter of the CPU time of a second start.
 */
export function resolveOwnModules(root: URL): void {
  registerHooks({
    resolve(specifier, context, next) {
      const own = findOwnModule(specifier, context.parentURL, root.href)
      return own ? { ...own, shortCircuit: true } : next(specifier, context)
    },
  })
}
