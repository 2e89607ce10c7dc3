import type { Command } from 'commander'

/** The namespace of Gloo's installation. */
export const glooNamespace = 'gloo-system'

/** `-n`, with the namespace that Gloo's commands assume. */
export function addNamespaceFlag(command: Command): Command {
  return command.option('-n, --namespace <namespace>', `namespace (default: ${glooNamespace})`)
}

/** The namespace that a command or one above it was given. */
export function namespaceOf(command: Command): string {
  return command.optsWithGlobals<{ readonly namespace?: string }>().namespace ?? glooNamespace
}
