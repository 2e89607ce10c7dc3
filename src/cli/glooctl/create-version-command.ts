import { Command } from 'commander'
import { stringifyYaml } from '../../lib/yaml.ts'
import { connect } from '../api/connect.ts'
import type { ClientCommandParts } from '../client-parts.ts'
import { CommandError } from '../command-error.ts'
import { formatBoxedTable } from '../table/boxed-table.ts'
import { textAt } from './fields.ts'
import { addNamespaceFlag, namespaceOf } from './namespace-flag.ts'

const undefinedServer = 'Server: version undefined, could not find any version of gloo running'

/** `glooctl version`: of the client and, where one answers, of the server. */
export function createVersionCommand(parts: ClientCommandParts): Command {
  const command = new Command('version')
    .alias('v')
    .description('print the versions of glooctl and of the server')
    .option('-o, --output <format>', 'json, yaml or table', 'json')
    .action(async (flags: { readonly output: string }, self: Command) => {
      const server = await findServer(self, parts)
      parts.terminal.out(formatVersions(flags.output, { client: parts.version, server }))
    })
  return addNamespaceFlag(command)
}

interface ServerVersion {
  readonly namespace: string
  /** The program that serves. */
  readonly name: string
  readonly version: string
  readonly cluster: Readonly<Record<string, string>>
}

/** Undefined when none answers: the client's version is worth printing all the same. */
async function findServer(
  command: Command,
  parts: ClientCommandParts,
): Promise<ServerVersion | undefined> {
  try {
    const answer = await connect(command, parts).request({ method: 'GET', path: '/version' })
    const gitVersion = textAt(answer, 'gitVersion')
    const sluice = /\+sluice-(.+)$/.exec(gitVersion)
    const fields = ['major', 'minor', 'gitVersion', 'buildDate', 'platform']
    return {
      namespace: namespaceOf(command),
      name: sluice === null ? 'kubernetes' : 'sluice',
      version: sluice?.[1] ?? gitVersion,
      cluster: Object.fromEntries(fields.map((field) => [field, textAt(answer, field)])),
    }
  } catch (error) {
    if (error instanceof CommandError) return undefined
    throw error
  }
}

function formatVersions(
  format: string,
  { client, server }: { readonly client: string; readonly server: ServerVersion | undefined },
): string {
  const document = {
    client: { version: client },
    ...(server === undefined ? {} : serverPart(server)),
  }
  const missing = server === undefined ? `${undefinedServer}\n\n` : ''
  if (format === 'json') return `${missing}${JSON.stringify(document, null, 2)}\n`
  if (format === 'yaml') return `${missing}${stringifyYaml(document)}`
  if (format !== 'table') throw new CommandError(`${format} is not a valid output type`)
  const head = `Client version: ${client}\n`
  if (server === undefined) return `${head}${undefinedServer}\n`
  const { namespace, name, version, cluster } = server
  const rows = [[namespace, 'Gateway', `${name}: ${version}`]]
  const table = formatBoxedTable(['Namespace', 'Deployment-Type', 'Containers'], rows)
  return `${head}Server version:\n${table}Kubernetes version: ${cluster['gitVersion'] ?? ''}\n`
}

const serverPart = ({ namespace, name, version, cluster }: ServerVersion) => ({
  kubernetesCluster: cluster,
  server: [
    {
      kubernetes: { containers: [{ Name: name, Registry: '', Tag: version }], namespace },
      type: 'Gateway',
    },
  ],
})
