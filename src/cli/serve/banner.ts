import { relative } from 'node:path'

/** What a person sees when everything is ready. */
export interface BannerFacts {
  readonly simulated: boolean
  readonly version: string
  readonly readyMs: number
  readonly kubeApi: string
  readonly admin: string
  readonly kubeconfig: string
  readonly environmentFile: string
  /** `address:port` of each gateway socket, with the name of its object. */
  readonly gateways: readonly { readonly name: string; readonly address: string }[]
  readonly moved: readonly { readonly declaredPort: number; readonly address: string }[]
  readonly simulatedHosts: readonly string[]
  readonly simulatorLog: string | undefined
  readonly accessLog: string
}

const row = (label: string, value: string) => `  ${label.padEnd(18)}${value}`

/** Below the working directory as people type it, else absolute. */
const shortPath = (path: string) =>
  relative('', path).startsWith('..') ? path : relative('', path)

/** Says what listens where and what to type next. */
export function formatBanner(facts: BannerFacts): string {
  const lines = [
    `Sluice ${facts.version} is ready after ${Math.round(facts.readyMs)} ms.`,
    '',
    ...facts.gateways.map(({ name, address }) => row('gateway', `${address}  (${name})`)),
    row('Kubernetes API', `https://${facts.kubeApi}  (${shortPath(facts.kubeconfig)})`),
    row('admin', `http://${facts.admin}  (/readyz, /metrics)`),
    ...accessLogRows(facts),
    ...simulatorRows(facts),
    ...facts.moved.flatMap(movedRows),
    '',
    'In another shell:',
    `  source ${shortPath(facts.environmentFile)}`,
    '  kubectl api-resources',
    ...(facts.simulated ? ['Then follow examples/gloo-edge/README.md.'] : []),
  ]
  return `${lines.join('\n')}\n`
}

function accessLogRows({ accessLog }: BannerFacts): string[] {
  if (accessLog === '') return []
  return [row('access log', accessLog === '-' ? 'standard output' : shortPath(accessLog))]
}

function simulatorRows({ simulated, simulatedHosts, simulatorLog }: BannerFacts): string[] {
  if (!simulated) return []
  const log = simulatorLog === undefined ? '' : `  (log: ${simulatorLog}/requests)`
  return [row('simulated', `${simulatedHosts.join(', ')}${log}`)]
}

function movedRows({ declaredPort, address }: BannerFacts['moved'][number]): string[] {
  return [
    '',
    `Port ${declaredPort} may not be bound by this user and is served at ${address} instead. To lift that:`,
    `  sudo sysctl -w net.ipv4.ip_unprivileged_port_start=${Math.min(declaredPort, 80)}`,
  ]
}
