import { Command } from 'commander'
import { isJsonObject, type JsonObject } from '../../kube/schema/json-object.ts'
import { stringifyYaml } from '../../lib/yaml.ts'
import type { ApiClient } from '../api/api-client.ts'
import { addApiFlags, connect } from '../api/connect.ts'
import { apiVersionOf, resourcePath } from '../api/resource-type.ts'
import type { ClientCommandParts } from '../client-parts.ts'
import { CommandError } from '../command-error.ts'
import { formatPlainTable } from '../table/plain-table.ts'
import { discoverResources, matchResources, type OfferedResource } from './discover-resources.ts'
import { readTable } from './read-table.ts'

interface GetFlags {
  readonly namespace?: string
  readonly allNamespaces?: boolean
  readonly selector?: string
  readonly output: string
}

const outputs = ['table', 'wide', 'yaml', 'json', 'name']

/** `sluice get [KIND] [NAME]` */
export function createGetCommand(parts: ClientCommandParts): Command {
  const command = new Command('get')
    .description('read objects of a running Sluice, or list the kinds it has')
    .argument(
      '[kind]',
      'such as upstreams, vs or Gateway.gateway.solo.io; without it the kinds are listed',
    )
    .argument('[name]', 'name of the one to read')
    .option('-n, --namespace <namespace>', "namespace (default: the kubeconfig's)")
    .option('-A, --all-namespaces', 'objects of every namespace')
    .option('-l, --selector <labels>', 'only objects with these labels, such as app=gloo')
    .option('-o, --output <format>', outputs.join(', '), 'table')
    .addHelpText(
      'after',
      `
Examples:
  sluice get
  sluice get virtualservices -A
  sluice get upstream openai -n default -o yaml`,
    )
    .action(
      async (
        kind: string | undefined,
        name: string | undefined,
        flags: GetFlags,
        self: Command,
      ) => {
        if (!outputs.includes(flags.output)) {
          throw new CommandError(`${flags.output} is no output format; use ${outputs.join(', ')}`)
        }
        const client = connect(self, parts)
        const resources = await discoverResources(client)
        const text =
          kind === undefined
            ? formatKinds(resources)
            : await read(client, choose(resources, kind, parts), name, flags)
        if (text === '') parts.terminal.err('No objects found.\n')
        parts.terminal.out(text)
      },
    )
  return addApiFlags(command)
}

function formatKinds(resources: readonly OfferedResource[]): string {
  const rows = resources
    .filter(({ verbs }) => verbs.includes('list'))
    .map((resource) => [
      ...[resource.plural, resource.shortNames.join(','), apiVersionOf(resource)],
      ...[String(resource.namespaced), resource.kind],
    ])
  return formatPlainTable(['Name', 'Shortnames', 'Apiversion', 'Namespaced', 'Kind'], rows)
}

function choose(
  resources: readonly OfferedResource[],
  wanted: string,
  { terminal }: ClientCommandParts,
): OfferedResource {
  const [first, ...others] = matchResources(resources, wanted)
  if (first === undefined) {
    throw new CommandError(`the server has no kind "${wanted}"; "sluice get" lists those it has`)
  }
  if (others.length > 0) {
    const names = others.map(({ plural, group }) => `${plural}.${group}`).join(', ')
    terminal.err(`Shown are ${first.plural}.${first.group}; there are also ${names}.\n`)
  }
  return first
}

async function read(
  client: ApiClient,
  resource: OfferedResource,
  name: string | undefined,
  flags: GetFlags,
): Promise<string> {
  const everywhere = flags.allNamespaces === true
  if (everywhere && name !== undefined) {
    throw new CommandError('a name stands for one object: choose its namespace with -n, not -A')
  }
  const namespace =
    everywhere || !resource.namespaced ? undefined : (flags.namespace ?? client.namespace)
  const path = resourcePath(resource, namespace, name)
  const query = flags.selector === undefined ? {} : { labelSelector: flags.selector }
  if (flags.output === 'table' || flags.output === 'wide') {
    const shown = {
      isWide: flags.output === 'wide',
      withNamespace: everywhere && resource.namespaced,
    }
    return readTable(client, { path, query, ...shown })
  }
  const body =
    name === undefined
      ? await readList(client, path, query)
      : await client.request({ method: 'GET', path })
  return formatBody(body, resource, flags.output)
}

async function readList(
  client: ApiClient,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<JsonObject> {
  const answer = await client.request({
    method: 'GET',
    path: `${path}?${new URLSearchParams(query)}`,
  })
  const items: readonly unknown[] = Array.isArray(answer['items']) ? answer['items'] : []
  return { apiVersion: 'v1', kind: 'List', items }
}

function formatBody(body: JsonObject, resource: OfferedResource, output: string): string {
  const items = Array.isArray(body['items']) && body['kind'] === 'List' ? body['items'] : undefined
  if (output === 'name') {
    const group = resource.group === '' ? '' : `.${resource.group}`
    const names = (items ?? [body]).map((item) => nameOf(item))
    return names.map((name) => `${resource.singular}${group}/${name}\n`).join('')
  }
  const shown =
    items === undefined ? withoutManagers(body) : { ...body, items: items.map(withoutManagers) }
  return output === 'json' ? `${JSON.stringify(shown, null, 2)}\n` : stringifyYaml(shown)
}

function nameOf(object: unknown): string {
  const metadata = isJsonObject(object) ? object['metadata'] : undefined
  const name = isJsonObject(metadata) ? metadata['name'] : undefined
  return typeof name === 'string' ? name : ''
}

/** Who set which field is for tools, and longer than the object. */
function withoutManagers(object: unknown): unknown {
  if (!isJsonObject(object) || !isJsonObject(object['metadata'])) return object
  const { managedFields: _managedFields, ...metadata } = object['metadata']
  return { ...object, metadata }
}
