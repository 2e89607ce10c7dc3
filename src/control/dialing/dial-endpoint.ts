import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Backend, Endpoint } from '../../ir/backend.ts'
import { checkNames } from '../../lib/tls/check-names.ts'
import type { AddressGuard } from '../../lib/upstream-address/address-guard.ts'
import {
  type AddressResolver,
  NoEndpointError,
  type UpstreamAddress,
} from '../../lib/upstream-address/address-resolver.ts'
import type { TlsContexts } from './tls-contexts.ts'

export interface DialServices {
  readonly resolver: AddressResolver
  readonly guard: AddressGuard
  readonly contexts: TlsContexts
}

/** Where to, and as what. */
export interface DialTarget {
  readonly backend: Backend
  readonly endpoint: Endpoint
  readonly alpnProtocols: readonly string[]
}

/** Connects to an endpoint at the address that requests dial, under the same rules. Rejects with a reason that names no secret. */
export async function dialEndpoint(
  target: DialTarget,
  services: DialServices,
  signal: AbortSignal,
): Promise<Socket> {
  const address = await resolveTarget(target, services)
  signal.throwIfAborted()
  const { backend, endpoint, alpnProtocols } = target
  const tls = endpoint.plaintext ? undefined : backend.tls
  const where = { host: address.address, port: address.port }
  const ownName = endpoint.serverName ?? endpoint.host
  const accepted =
    tls === undefined || tls.subjectAltNames.length === 0 ? [ownName] : tls.subjectAltNames
  const socket =
    tls === undefined
      ? connectTcp(where)
      : connectTls({
          ...where,
          secureContext: services.contexts.get(tls),
          servername: endpoint.serverName ?? '',
          rejectUnauthorized: tls.verification.type !== 'none',
          ALPNProtocols: [...alpnProtocols],
          checkServerIdentity: (_host, certificate) => checkNames(accepted, certificate),
        })
  return new Promise((resolve, reject) => {
    const abort = () => socket.destroy(new Error('the connection was given up'))
    signal.addEventListener('abort', abort, { once: true })
    socket.once('close', () => signal.removeEventListener('abort', abort))
    socket.on('error', reject)
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => resolve(socket))
  })
}

function resolveTarget(
  { endpoint: { host, port } }: DialTarget,
  { resolver, guard }: DialServices,
): Promise<UpstreamAddress> {
  return new Promise((resolve, reject) => {
    resolver.resolve(host, port, (error, address) => {
      if (address === undefined) {
        const isEmpty = error instanceof NoEndpointError
        const reason = isEmpty ? error.message : `DNS resolution of ${host} failed`
        reject(new Error(reason, { cause: error }))
        return
      }
      const forbidden = guard(address)
      if (forbidden === undefined) resolve(address)
      else reject(new Error(`it may not be reached: ${forbidden}`))
    })
  })
}
