import { Command } from 'commander'
import type { KubeObject } from '../../../kube/kube-object.ts'
import { connect } from '../../api/connect.ts'
import type { ClientCommandParts } from '../../client-parts.ts'
import { CommandError } from '../../command-error.ts'
import { addCreateFlags } from '../create/create-flags.ts'
import { listAt, objectAt } from '../fields.ts'
import { virtualServiceTable } from '../get/virtual-service-table.ts'
import { namespaceOf } from '../namespace-flag.ts'
import { formatObjects, type OutputFormat } from '../output.ts'
import { virtualServiceType } from '../resources.ts'
import { addRouteFlags, createRoute, type RouteFlags } from './create-route.ts'

interface TargetFlags extends RouteFlags {
  readonly name?: string
  readonly index: number
  readonly dryRun?: boolean
  readonly output?: OutputFormat
}

/** `glooctl add route` */
export function createAddCommand(parts: ClientCommandParts): Command {
  const route = addRouteFlags(addCreateFlags(new Command('route')))
    .aliases(['r', 'routes'])
    .description('add a route to a VirtualService, which is created when there is none')
    .addHelpText(
      'after',
      '\nExamples:\n  glooctl add route --path-prefix /openai --dest-name openai --dest-namespace default --prefix-rewrite /v1/chat/completions',
    )
    .action(async (_flags: unknown, self: Command) => addRoute(self, parts))
  return new Command('add').alias('a').description('add a route').addCommand(route)
}

async function addRoute(command: Command, parts: ClientCommandParts): Promise<void> {
  const flags = command.opts<TargetFlags>()
  const route = createRoute(flags)
  const name = flags.name ?? 'default'
  const namespace = namespaceOf(command)
  const client = connect(command, parts)
  const found = await client.find(virtualServiceType, namespace, name)
  const changed = withRoute(found ?? emptyService(name, namespace), route, flags.index)
  let result = changed
  if (flags.dryRun !== true) {
    const write = found === undefined ? client.create : client.update
    result = await write.call(client, virtualServiceType, changed)
  }
  const format = flags.output ?? (flags.dryRun === true ? 'kube-yaml' : 'table')
  parts.terminal.out(formatObjects([result], virtualServiceTable, format))
}

const emptyService = (name: string, namespace: string): KubeObject => ({
  ...{ apiVersion: 'gateway.solo.io/v1', kind: 'VirtualService' },
  ...{ metadata: { name, namespace }, spec: { virtualHost: { domains: ['*'], routes: [] } } },
})

function withRoute(service: KubeObject, route: unknown, index: number): KubeObject {
  const spec = objectAt(service, 'spec')
  const virtualHost = objectAt(spec, 'virtualHost')
  const routes = [...listAt(virtualHost, 'routes')]
  if (index > routes.length) {
    throw new CommandError(`--index ${index} is behind the last of ${routes.length} routes`)
  }
  routes.splice(index, 0, route)
  return { ...service, spec: { ...spec, virtualHost: { ...virtualHost, routes } } }
}
