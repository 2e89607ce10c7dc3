import type { Terminal } from '../cli/program.ts'
import { formatManifestProblem } from '../cli/serve/manifest-problem.ts'
import type { ServeOptions } from '../cli/serve/serve-options.ts'
import { ManifestApplier } from '../kube/manifests/manifest-applier.ts'
import { watchManifests } from '../kube/manifests/watch-manifests.ts'
import type { StoreResourceApi } from '../kube/resources/store-resource-api.ts'
import { messageOf } from '../lib/message-of.ts'

/** Applies the operator's files, and again whenever they change, until the function that it returns is called. */
export function startManifests(
  api: StoreResourceApi,
  { filename }: ServeOptions,
  terminal: Terminal,
): () => void {
  if (filename.length === 0) return () => undefined
  const applier = new ManifestApplier(api, filename)
  const apply = () => {
    try {
      for (const problem of applier.apply()) terminal.err(`${formatManifestProblem(problem)}\n`)
    } catch (error) {
      // A full disk must not end what is being served; the next change of a file tries again.
      terminal.err(`The files of --filename could not be applied: ${messageOf(error)}\n`)
    }
  }
  apply()
  return watchManifests(filename, apply)
}
