import { writeFileSync } from 'node:fs'

export interface ShellEnvironment {
  readonly binFolder: string
  readonly kubeconfig: string
  /** The context of the kubeconfig. */
  readonly context: string
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/**
 * Writes the file that `source .sluice/env` reads in another shell: the folder of `sluice` and `glooctl` on
 * the path, the kubeconfig of the built-in Kubernetes API, and the name of its context as `CLUSTER1`, where
 * walkthroughs for clusters look for it. Sourcing it twice changes nothing.
 */
export function writeShellEnvironment(
  path: string,
  { binFolder, kubeconfig, context }: ShellEnvironment,
): void {
  const lines = [
    `case ":$PATH:" in *:${quoted(binFolder)}:*) ;; *) export PATH=${quoted(binFolder)}:"$PATH" ;; esac`,
    `export KUBECONFIG=${quoted(kubeconfig)}`,
    `export CLUSTER1=${quoted(context)}`,
  ]
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 })
}
