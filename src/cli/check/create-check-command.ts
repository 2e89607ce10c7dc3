import { resolve } from 'node:path'
import { Command, CommanderError } from 'commander'
import {
  parseManifests,
  type ReadManifests,
  readManifests,
} from '../../kube/manifests/read-manifests.ts'
import type { ClientCommandParts } from '../client-parts.ts'
import { CommandError } from '../command-error.ts'
import { checkManifests } from './check-manifests.ts'
import { formatReport, summarize } from './format-report.ts'

/** `sluice check FILE…` */
export function createCheckCommand(parts: ClientCommandParts): Command {
  return new Command('check')
    .description('tell what Sluice does with each field of manifests; exit 1 on errors')
    .argument('<file...>', 'manifests: files, folders, or - for standard input')
    .option('-o, --output <format>', 'table or json', 'table')
    .addHelpText(
      'after',
      `
Verdicts of fields:
  honoured       Sluice acts on it
  approximated   Sluice does something close to it, and says what
  ignored        Sluice does not act on it, and says why
  informational  nobody acts on it by its nature: names, descriptions
  unknown        the kind has no such field

References are looked for in the files and among the objects that stand from the start; no server is asked.

Examples:
  sluice check gateway.yaml upstreams/
  kubectl get upstreams,virtualservices -A -o yaml | sluice check -
  sluice check -o json manifests/ | jq .summary`,
    )
    .action(async (files: readonly string[], { output }: { readonly output: string }) => {
      if (output !== 'table' && output !== 'json') {
        throw new CommandError(`${output} is no output format; use table or json`)
      }
      const failed = await check(files, output, parts)
      if (failed) throw new CommanderError(1, 'sluice.check', '')
    })
}

async function check(
  paths: readonly string[],
  output: 'table' | 'json',
  parts: ClientCommandParts,
): Promise<boolean> {
  const { terminal, workingDirectory } = parts
  const read: ReadManifests[] = []
  for (const path of paths) {
    read.push(
      path === '-'
        ? parseManifests('standard input', await parts.readStandardInput())
        : readManifests(resolve(workingDirectory, path)),
    )
  }
  const manifests = read.flatMap((result) => result.manifests)
  const files = read.flatMap((result) => result.problems)
  if (manifests.length === 0 && files.length === 0) {
    throw new CommandError(`${paths.join(', ')}: there is no object to check`)
  }
  const report = { objects: checkManifests(manifests, await parts.loadKinds()), files }
  const summary = summarize(report)
  terminal.out(
    output === 'json'
      ? `${JSON.stringify({ summary, ...report }, null, 2)}\n`
      : formatReport(report, workingDirectory),
  )
  return summary.errors > 0
}
