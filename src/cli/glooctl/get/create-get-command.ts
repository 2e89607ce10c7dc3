import { Command } from 'commander'
import type { KubeObject } from '../../../kube/kube-object.ts'
import type { ApiClient } from '../../api/api-client.ts'
import { ApiError, isUnserved } from '../../api/api-error.ts'
import { connect } from '../../api/connect.ts'
import { namespaceType } from '../../api/resource-type.ts'
import type { ClientCommandParts } from '../../client-parts.ts'
import { CommandError } from '../../command-error.ts'
import { addNamespaceFlag, namespaceOf } from '../namespace-flag.ts'
import { formatObjects, type OutputFormat, parseOutputFormat } from '../output.ts'
import { proxyType, type ReadableResource, readableResources } from '../resources.ts'
import { deriveProxies } from './derive-proxies.ts'

/** `glooctl get KIND [NAME]` */
export function createGetCommand(parts: ClientCommandParts): Command {
  const command = new Command('get')
    .alias('g')
    .description('display one or a list of Gloo resources')
    .option('-o, --output <format>', 'table, yaml, kube-yaml or json', parseOutputFormat)
    .addHelpText(
      'after',
      `
Examples:
  glooctl get upstream -n default
  glooctl get virtualservice ai-services-vs -n default -o kube-yaml
  glooctl get proxy`,
    )
  addNamespaceFlag(command)
  for (const resource of readableResources) command.addCommand(readCommand(resource, parts))
  return command
}

function readCommand(resource: ReadableResource, parts: ClientCommandParts): Command {
  return new Command(resource.name)
    .aliases(resource.aliases)
    .description(`read one ${resource.type.kind}, or list those of a namespace`)
    .argument('[name]', 'name of the one to read')
    .action(async (name: string | undefined, _flags: unknown, command: Command) => {
      const client = connect(command, parts)
      const namespace = namespaceOf(command)
      const wanted = { client, resource, namespace, name }
      const objects =
        resource.type === proxyType ? await readProxies(wanted, parts) : await read(wanted)
      const { output = 'table' } = command.optsWithGlobals<{ readonly output?: OutputFormat }>()
      parts.terminal.out(formatObjects(objects, resource.table, output))
    })
}

interface Wanted {
  readonly client: ApiClient
  readonly resource: ReadableResource
  readonly namespace: string
  readonly name: string | undefined
}

async function read({ client, resource, namespace, name }: Wanted): Promise<readonly KubeObject[]> {
  const { type } = resource
  try {
    if (name !== undefined) return [await client.get(type, namespace, name)]
    const objects = await client.list(type, namespace)
    if (objects.length === 0) await requireNamespace(client, namespace)
    return objects
  } catch (error) {
    if (isUnserved(error)) {
      throw new CommandError(`this server does not know ${type.plural}.${type.group}`)
    }
    if (!(error instanceof ApiError) || error.code !== 404 || name === undefined) throw error
    await requireNamespace(client, namespace)
    throw new CommandError(
      `${namespace}.${name} does not exist. "glooctl get ${resource.name} -n ${namespace}" lists what does.`,
    )
  }
}

/** Stored Proxies where there are any, as in a cluster with Gloo; else what the Gateways make. */
async function readProxies(
  wanted: Wanted,
  parts: ClientCommandParts,
): Promise<readonly KubeObject[]> {
  const { client, namespace, name, resource } = wanted
  const stored = await read({ client, resource, namespace, name: undefined })
  const proxies =
    stored.length > 0 ? stored : await deriveProxies(client, await parts.loadKinds(), namespace)
  if (name === undefined) return proxies
  const found = proxies.find(({ metadata }) => metadata.name === name)
  return found === undefined ? read(wanted) : [found]
}

async function requireNamespace(client: ApiClient, namespace: string): Promise<void> {
  if ((await client.find(namespaceType, undefined, namespace)) !== undefined) return
  throw new CommandError(
    `namespace ${namespace} does not exist. Did you forget to add the '-n NAMESPACE' flag?`,
  )
}
