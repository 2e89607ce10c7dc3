import { Command } from 'commander'
import type { KubeObject } from '../../../kube/kube-object.ts'
import { formatSocketAddress } from '../../../lib/http/socket-address.ts'
import { connect } from '../../api/connect.ts'
import type { ClientCommandParts } from '../../client-parts.ts'
import { CommandError } from '../../command-error.ts'
import { listAt, textAt } from '../fields.ts'
import { addNamespaceFlag, namespaceOf } from '../namespace-flag.ts'
import { serviceType } from '../resources.ts'

interface ProxyFlags {
  readonly name: string
  readonly port: string
}

/** `glooctl proxy url|address` */
export function createProxyCommand(parts: ClientCommandParts): Command {
  const command = new Command('proxy')
    .description('print where a gateway is reached')
    .option('--name <service>', 'the name of the proxy service to use', 'gateway-proxy')
    .option('--port <name>', 'the name of the service port to connect to', 'http')
    .addHelpText(
      'after',
      '\nExamples:\n  curl $(glooctl proxy url)/openai\n  glooctl proxy address --port https',
    )
  addNamespaceFlag(command)
  command.addCommand(
    addLocalFlag(new Command('url').description('print the http endpoint for a proxy')).action(
      async (_flags: unknown, self: Command) => {
        const { port } = self.optsWithGlobals<ProxyFlags>()
        const scheme = port === 'http' || port === 'https' ? `${port}://` : ''
        parts.terminal.out(`${scheme}${await findAddress(self, parts)}\n`)
      },
    ),
  )
  return command.addCommand(
    addLocalFlag(new Command('address').description('print the socket address for a proxy')).action(
      async (_flags: unknown, self: Command) => {
        parts.terminal.out(`${await findAddress(self, parts)}\n`)
      },
    ),
  )
}

/** Every gateway of Sluice is reached by its Service's address, on a machine or in a cluster. */
const addLocalFlag = (command: Command) =>
  command
    .option('-l, --local-cluster', 'accepted for scripts that give it; changes nothing')
    .option('-p, --local-cluster-name <name>', 'accepted for scripts that give it; changes nothing')

async function findAddress(command: Command, parts: ClientCommandParts): Promise<string> {
  const { name, port } = command.optsWithGlobals<ProxyFlags>()
  const namespace = namespaceOf(command)
  const service = await connect(command, parts).find(serviceType, namespace, name)
  if (service === undefined) {
    throw new CommandError(
      `could not detect '${name}' service in ${namespace} namespace. "kubectl get services -A" lists what there is; choose with --name and -n.`,
    )
  }
  const declared = portOf(service, port)
  return formatSocketAddress({ host: hostOf(service), port: servedPortOf(service, declared) })
}

function portOf(service: KubeObject, wanted: string): number {
  const ports = listAt(service, 'spec', 'ports')
  const { name } = service.metadata
  if (ports.length === 0) throw new CommandError(`service ${name} is missing ports`)
  const found =
    ports.length === 1 ? ports[0] : ports.find((port) => textAt(port, 'name') === wanted)
  if (found !== undefined) return Number(textAt(found, 'port'))
  const names = ports.map((port) => textAt(port, 'name')).join(', ')
  throw new CommandError(`named port ${wanted} not found on service ${name}; it has ${names}`)
}

/** A port that the gateway may not bind is served elsewhere, and the Service's status says where. */
function servedPortOf(service: KubeObject, declared: number): number {
  const moved = listAt(service, 'status', 'conditions').find(
    (condition) => textAt(condition, 'type') === `sluice.dev/Port${declared}Moved`,
  )
  const served = /^ServedAt(\d+)$/.exec(textAt(moved, 'reason'))?.[1]
  return served === undefined ? declared : Number(served)
}

function hostOf(service: KubeObject): string {
  const { name } = service.metadata
  if (textAt(service, 'spec', 'type') === 'ClusterIP') return textAt(service, 'spec', 'clusterIP')
  const [ingress] = listAt(service, 'status', 'loadBalancer', 'ingress')
  const host = textAt(ingress, 'hostname') || textAt(ingress, 'ip')
  if (host !== '') return host
  throw new CommandError(
    `load balancer ingress not found on service ${name}: it has no address yet, or no gateway serves it`,
  )
}
