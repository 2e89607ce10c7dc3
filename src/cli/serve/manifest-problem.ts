import type { ManifestProblem } from '../../kube/manifests/read-manifests.ts'

/** One line for the terminal: `error: FILE:LINE: OBJECT: what is wrong`. */
export function formatManifestProblem(problem: ManifestProblem): string {
  const { severity, file, line, object, message } = problem
  const where = line === undefined ? file : `${file}:${line}`
  return `${severity}: ${where}: ${object === undefined ? '' : `${object}: `}${message}`
}
