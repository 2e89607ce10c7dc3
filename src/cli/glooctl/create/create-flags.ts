import type { Command } from 'commander'
import type { KubeObject } from '../../../kube/kube-object.ts'
import { ApiError } from '../../api/api-error.ts'
import { connect } from '../../api/connect.ts'
import { namespaceType, type ResourceType } from '../../api/resource-type.ts'
import type { ClientCommandParts } from '../../client-parts.ts'
import { CommandError } from '../../command-error.ts'
import type { ObjectTable } from '../get/object-table.ts'
import { addNamespaceFlag, namespaceOf } from '../namespace-flag.ts'
import { formatObjects, type OutputFormat, parseOutputFormat } from '../output.ts'

interface CreateFlags {
  readonly name?: string
  readonly dryRun?: boolean
  readonly output?: OutputFormat
}

/** The flags of everything that is created. */
export function addCreateFlags(command: Command): Command {
  addNamespaceFlag(command)
  return command
    .option('--name <name>', 'name of the object (or the first argument)')
    .option('--dry-run', 'print what would be created (kube-yaml unless -o says otherwise)')
    .option('-o, --output <format>', 'table, yaml, kube-yaml or json', parseOutputFormat)
}

/** Name and namespace that the person gave. */
export function metadataOf(command: Command, argument: string | undefined) {
  const name = argument ?? command.optsWithGlobals<CreateFlags>().name
  if (name === undefined || name === '') {
    throw new CommandError('name must be specified in flag (--name) or via first arg')
  }
  return { name, namespace: namespaceOf(command) }
}

/** Creates the object, unless this is a dry run, and prints it. */
export async function createAndPrint(
  command: Command,
  parts: ClientCommandParts,
  { type, table, object }: { type: ResourceType; table: ObjectTable; object: KubeObject },
): Promise<void> {
  const { dryRun = false, output } = command.optsWithGlobals<CreateFlags>()
  const format = output ?? (dryRun ? 'kube-yaml' : 'table')
  const created = dryRun ? object : await create(command, parts, { type, object })
  parts.terminal.out(formatObjects([created], table, format))
}

async function create(
  command: Command,
  parts: ClientCommandParts,
  { type, object }: { type: ResourceType; object: KubeObject },
): Promise<KubeObject> {
  const client = connect(command, parts)
  const { name, namespace = '' } = object.metadata
  try {
    return await client.create(type, object)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.code === 409) {
      throw new CommandError(
        `${type.plural} "${name}" already exists in namespace ${namespace}. To replace it, delete it first: kubectl delete ${type.kind.toLowerCase()} ${name} -n ${namespace}`,
      )
    }
    if (error.code !== 404) throw error
    if ((await client.find(namespaceType, undefined, namespace)) !== undefined) throw error
    throw new CommandError(
      `namespace ${namespace} does not exist. Create it with "kubectl create namespace ${namespace}", or name another one with -n.`,
    )
  }
}
