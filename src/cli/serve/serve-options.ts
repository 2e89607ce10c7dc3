import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'
import { Command, InvalidArgumentError, Option } from 'commander'
import { parseSocketAddress, type SocketAddress } from '../../lib/http/socket-address.ts'

/** Where to connect for an upstream host, as curl's `--resolve` says it. */
export interface ResolveOverride {
  readonly host: string
  readonly port: number
  readonly address: string
  readonly targetPort: number | undefined
}

/** The operator's own command for a container image. */
export interface ImageCommand {
  readonly image: string
  readonly command: string
}

/** The flags of `serve` and `dev`. */
export interface ServeOptions {
  readonly dataDir: string
  readonly filename: readonly string[]
  readonly kubeApi: SocketAddress
  readonly admin: SocketAddress
  readonly bind?: string
  readonly addressPool: string
  readonly workers: number
  readonly limitCounters: number
  /** Address of the Redis server that limits are counted in; may hold a password. */
  readonly redis?: string
  readonly redisTimeout: number
  readonly resolve: readonly ResolveOverride[]
  readonly cacert: readonly string[]
  readonly runImage: readonly ImageCommand[]
  readonly allowLoopbackUpstreams: boolean
  /** `-`: standard output; `none`; else a file. */
  readonly accessLog: string
  readonly drainSeconds: number
  /** Open client connections per address and port. */
  readonly maxConnections: number
  readonly timeToFirstToken: number
  readonly interTokenLatency: number
}

function socketAddress(text: string): SocketAddress {
  const address = parseSocketAddress(text)
  if (address === undefined) throw new InvalidArgumentError('Write it as HOST:PORT.')
  return address
}

function ipAddress(text: string): string {
  if (isIP(text) !== 0) return text
  throw new InvalidArgumentError('Write an IP address of this machine, or 0.0.0.0 for all.')
}

function positiveInteger(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1) return value
  throw new InvalidArgumentError('Write a whole number of at least 1.')
}

function duration(text: string): number {
  const value = Number(text)
  if (Number.isFinite(value) && value >= 0) return value
  throw new InvalidArgumentError('Write a number of at least 0.')
}

/** Reads `HOST:PORT:ADDRESS[:PORT]`; an IPv6 address stands in brackets. */
export function parseResolveOverride(text: string): ResolveOverride {
  const match = /^([^:\s]+):(\d{1,5}):(?:\[([0-9a-fA-F:.]+)\]|([^:\s]+))(?::(\d{1,5}))?$/.exec(text)
  const address = match?.[3] ?? match?.[4]
  if (match === null || address === undefined) {
    throw new InvalidArgumentError('Write it as HOST:PORT:ADDRESS or HOST:PORT:ADDRESS:PORT.')
  }
  const targetPort = match[5] === undefined ? undefined : Number(match[5])
  return { host: (match[1] ?? '').toLowerCase(), port: Number(match[2]), address, targetPort }
}

/** Reads `IMAGE=COMMAND`; an image's name holds no `=`. */
function parseImageCommand(text: string): ImageCommand {
  const at = text.indexOf('=')
  const [image, command] = [text.slice(0, at).trim(), text.slice(at + 1).trim()]
  if (at > 0 && image !== '' && command !== '') return { image, command }
  throw new InvalidArgumentError('Write it as IMAGE=COMMAND.')
}

const collect =
  <Value>(parse: (text: string) => Value) =>
  (text: string, previous: readonly Value[]) => [...previous, parse(text)]

const asIs = (text: string) => text

const defaultPool = process.platform === 'linux' ? '127.0.0.0/8' : '127.0.0.1/32'

const sizeFlags = (): readonly Option[] => [
  new Option('--workers <n>', 'gateway threads')
    .default(availableParallelism())
    .env('SLUICE_WORKERS')
    .argParser(positiveInteger),
  new Option(
    '--limit-counters <n>',
    'counters of rate limits that fit in memory at once, 32 bytes each',
  )
    .default(262_144)
    .env('SLUICE_LIMIT_COUNTERS')
    .argParser(positiveInteger),
]

const serveFlags = (simulated: boolean): readonly Option[] => [
  new Option(
    '--data-dir <dir>',
    'database, certificate authority, kubeconfig; ":memory:" keeps nothing',
  )
    .default('.sluice')
    .env('SLUICE_DATA_DIR'),
  new Option(
    '-f, --filename <path>',
    'manifests (file or folder, repeatable), applied now and on change',
  )
    .default([])
    .env('SLUICE_FILENAME')
    .argParser(collect(asIs)),
  new Option('--kube-api <host:port>', 'Kubernetes API (HTTPS)')
    .default(socketAddress('127.0.0.1:16443'), '127.0.0.1:16443')
    .env('SLUICE_KUBE_API')
    .argParser(socketAddress),
  new Option('--admin <host:port>', 'health, metrics and admin API')
    .default(socketAddress('127.0.0.1:15000'), '127.0.0.1:15000')
    .env('SLUICE_ADMIN')
    .argParser(socketAddress),
  new Option(
    '--bind <address>',
    'serve gateways on this address (0.0.0.0 for all) instead of the pool',
  )
    .env('SLUICE_BIND')
    .argParser(ipAddress),
  new Option('--address-pool <cidr>', 'addresses that gateways and LoadBalancer Services get')
    .default(defaultPool)
    .env('SLUICE_ADDRESS_POOL'),
  ...sizeFlags(),
  new Option(
    '--resolve <host:port:address[:port]>',
    'where to connect for an upstream host (repeatable)',
  )
    .default([])
    .env('SLUICE_RESOLVE')
    .argParser(collect(parseResolveOverride)),
  new Option('--cacert <file>', 'an extra CA trusted for upstreams (repeatable)')
    .default([])
    .env('SLUICE_CACERT')
    .argParser(collect(asIs)),
  new Option(
    '--run-image <image=command>',
    'what to run on this machine for a container image; it listens on $HOST:$PORT (repeatable)',
  )
    .default([])
    .env('SLUICE_RUN_IMAGE')
    .argParser(collect(parseImageCommand)),
  new Option('--allow-loopback-upstreams', 'manifests may name upstreams on this machine')
    .default(simulated)
    .env('SLUICE_ALLOW_LOOPBACK_UPSTREAMS'),
  new Option(
    '--access-log <file>',
    'one JSON line per request; "-" is standard output, "none" is off',
  )
    .default(simulated ? '' : '-', simulated ? 'access.log in the data dir' : '-')
    .env('SLUICE_ACCESS_LOG'),
]

const redisFlags = (): readonly Option[] => [
  new Option(
    '--redis <url>',
    'Redis or Valkey server in which several processes count limits together; better set by SLUICE_REDIS, as it may hold a password',
  ).env('SLUICE_REDIS'),
  new Option('--redis-timeout <ms>', 'how long a request waits for Redis before it is away')
    .default(500)
    .env('SLUICE_REDIS_TIMEOUT')
    .argParser(positiveInteger),
]

/** How much and how long the gateway holds. */
const limitFlags = (): readonly Option[] => [
  new Option(
    '--max-connections <n>',
    'open client connections per address and port; more are closed',
  )
    .default(20_000)
    .env('SLUICE_MAX_CONNECTIONS')
    .argParser(positiveInteger),
  new Option('--drain-seconds <n>', 'how long open requests may take to end after SIGTERM')
    .default(30)
    .env('SLUICE_DRAIN_SECONDS')
    .argParser(duration),
]

/** Pacing of the simulated providers. */
export const simulatorFlags = (): readonly Option[] => [
  new Option('--time-to-first-token <ms>', 'pause before a simulated answer begins')
    .default(0)
    .env('SLUICE_TIME_TO_FIRST_TOKEN')
    .argParser(duration),
  new Option('--inter-token-latency <ms>', 'pause between simulated tokens')
    .default(0)
    .env('SLUICE_INTER_TOKEN_LATENCY')
    .argParser(duration),
]

/** The command `serve`, or `dev` when `simulated`. */
export function createServeCommand(
  simulated: boolean,
  action: (options: ServeOptions) => Promise<void>,
): Command {
  const command = new Command(simulated ? 'dev' : 'serve').description(
    simulated
      ? 'everything on this machine and offline: gateway, Kubernetes API, simulated providers'
      : 'the gateway for real: provider hosts are the real ones',
  )
  const flags = [
    ...[...serveFlags(simulated), ...redisFlags(), ...limitFlags()],
    ...(simulated ? simulatorFlags() : []),
  ]
  for (const flag of flags) command.addOption(flag)
  return command.action((options: Omit<ServeOptions, 'timeToFirstToken' | 'interTokenLatency'>) =>
    action({ timeToFirstToken: 0, interTokenLatency: 0, ...options }),
  )
}
