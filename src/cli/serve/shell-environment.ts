import { writeFileSync } from 'node:fs'

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/**
 * Writes the file that `source .sluice/env` reads in another shell: the folder of `sluice` and `glooctl` on
 * the path, and the kubeconfig of the built-in Kubernetes API. Sourcing it twice changes nothing.
 */
export function writeShellEnvironment(
  path: string,
  { binFolder, kubeconfig }: { readonly binFolder: string; readonly kubeconfig: string },
): void {
  const lines = [
    `case ":$PATH:" in *:${quoted(binFolder)}:*) ;; *) export PATH=${quoted(binFolder)}:"$PATH" ;; esac`,
    `export KUBECONFIG=${quoted(kubeconfig)}`,
  ]
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 })
}
