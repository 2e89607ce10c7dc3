import { matchesHostPattern } from '../../lib/http/host-pattern.ts'
import type { SimulatedProvider } from '../provider.ts'

/** The provider of a request, or why there is none. */
export type FoundProvider =
  | { readonly provider: SimulatedProvider; readonly problem: undefined }
  | { readonly provider: undefined; readonly problem: string }

/** Finds the provider by the `Host` that a request names; the server name of the TLS handshake must agree. */
export function findProvider(
  names: { readonly host: string; readonly sni: string | undefined },
  providers: readonly SimulatedProvider[],
): FoundProvider {
  const { host, sni } = names
  const provider = byHost(host, providers)
  if (provider === undefined) {
    const known = providers.flatMap(({ hosts }) => hosts).join(', ')
    return refuse(`no simulated provider answers for host ${quote(host)}; known: ${known}`)
  }
  if (sni !== undefined && byHost(sni, providers) !== provider) {
    return refuse(
      `the TLS server name ${quote(sni)} and the Host ${quote(host)} belong to different providers; send the same name in both`,
    )
  }
  return { provider, problem: undefined }
}

function refuse(problem: string): FoundProvider {
  return { provider: undefined, problem }
}

function quote(name: string): string {
  return JSON.stringify(name.slice(0, 255))
}

function byHost(host: string, providers: readonly SimulatedProvider[]) {
  const lowerHost = host.toLowerCase()
  return providers.find(({ hosts }) =>
    hosts.some((pattern) => matchesHostPattern(pattern, lowerHost)),
  )
}
