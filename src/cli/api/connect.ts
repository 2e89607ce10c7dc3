import type { Command } from 'commander'
import type { ClientCommandParts } from '../client-parts.ts'
import { ApiClient } from './api-client.ts'
import { loadKubeconfig } from './load-kubeconfig.ts'

interface ApiFlags {
  readonly kubeconfig?: string
  readonly kubeContext?: string
}

/** The flags that choose a server. */
export function addApiFlags(command: Command): Command {
  return command
    .option(
      '--kubeconfig <file>',
      'kubeconfig of the server (default: $KUBECONFIG, else .sluice/kubeconfig, else ~/.kube/config)',
    )
    .option('--kube-context <name>', "context of the kubeconfig (default: the file's current one)")
}

/** A client of the server that the command's flags and the environment choose. */
export function connect(command: Command, parts: ClientCommandParts): ApiClient {
  const { kubeconfig, kubeContext } = command.optsWithGlobals<ApiFlags>()
  const { environment, workingDirectory, homeDirectory, terminal } = parts
  const access = loadKubeconfig({
    ...{ path: kubeconfig, context: kubeContext },
    ...{ environment, workingDirectory, homeDirectory },
  })
  return new ApiClient(access, (text) => terminal.err(`Warning: ${text}\n`))
}
