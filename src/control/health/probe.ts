import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Backend, Endpoint, HealthCheck } from '../../ir/backend.ts'
import { request } from '../../lib/node-http.ts'
import { checkNames } from '../../lib/tls/check-names.ts'
import type { AddressGuard } from '../../lib/upstream-address/address-guard.ts'
import type {
  AddressResolver,
  UpstreamAddress,
} from '../../lib/upstream-address/address-resolver.ts'
import type { ProbeContexts } from './probe-contexts.ts'

/** One check of one endpoint. */
export interface ProbeTarget {
  readonly backend: Backend
  readonly endpoint: Endpoint
  readonly check: HealthCheck
}

/** How a probe ended. `reason` names no secret. */
export type ProbeResult =
  | { readonly type: 'success' }
  | { readonly type: 'unexpected-status'; readonly reason: string }
  | { readonly type: 'network-failure'; readonly reason: string }

/** Asks an endpoint how it is. Never rejects; an aborted probe's result is of no interest. */
export type Probe = (target: ProbeTarget, signal: AbortSignal) => Promise<ProbeResult>

export interface ProbeServices {
  readonly resolver: AddressResolver
  readonly guard: AddressGuard
  readonly contexts: ProbeContexts
}

/** Largest response head of a probe, in bytes. */
const maxHeadBytes = 16 * 1024

const success: ProbeResult = { type: 'success' }

/** Makes probes that dial the addresses that requests dial, under the same rules. */
export function createProbe(services: ProbeServices): Probe {
  return async (target, signal) => {
    try {
      const address = await resolveTarget(target, services)
      const socket = await openSocket({ target, address, services, signal })
      try {
        return target.check.type === 'tcp' ? success : await askByHttp(target, socket)
      } finally {
        socket.destroy()
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return { type: 'network-failure', reason }
    }
  }
}

function resolveTarget(
  { endpoint: { host, port } }: ProbeTarget,
  { resolver, guard }: ProbeServices,
): Promise<UpstreamAddress> {
  return new Promise((resolve, reject) => {
    resolver.resolve(host, port, (error, address) => {
      if (address === undefined) {
        reject(new Error(`DNS resolution of ${host} failed`, { cause: error }))
        return
      }
      const forbidden = guard(address)
      if (forbidden === undefined) resolve(address)
      else reject(new Error(`it may not be reached: ${forbidden}`))
    })
  })
}

interface Opening {
  readonly target: ProbeTarget
  readonly address: UpstreamAddress
  readonly services: ProbeServices
  readonly signal: AbortSignal
}

function openSocket({ target, address, services, signal }: Opening): Promise<Socket> {
  signal.throwIfAborted()
  const { backend, endpoint, check } = target
  const { tls } = backend
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
          // Probes speak HTTP/1.1, whatever requests speak; a TCP check offers what requests offer.
          ALPNProtocols: check.type === 'http' ? ['http/1.1'] : [...tls.alpnProtocols],
          checkServerIdentity: (_host, certificate) => checkNames(accepted, certificate),
        })
  return new Promise((resolve, reject) => {
    const abort = () => socket.destroy(new Error('the probe was given up'))
    signal.addEventListener('abort', abort, { once: true })
    socket.once('close', () => signal.removeEventListener('abort', abort))
    socket.on('error', reject)
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => resolve(socket))
  })
}

function askByHttp(target: ProbeTarget, socket: Socket): Promise<ProbeResult> {
  const { endpoint, check } = target
  return new Promise((resolve, reject) => {
    const call = request({
      createConnection: () => socket,
      method: endpoint.healthCheckMethod ?? check.method,
      path: endpoint.healthCheckPath ?? check.path,
      maxHeaderSize: maxHeadBytes,
      headers: {
        host: check.host ?? endpoint.host,
        'user-agent': 'sluice-health-check',
        connection: 'close',
      },
    })
    call.on('response', (response) => {
      resolve(judge(check, response.statusCode ?? 0))
      response.destroy()
    })
    call.on('error', reject)
    call.on('close', () => reject(new Error('the connection ended without an answer')))
    call.end()
  })
}

function judge({ expectedStatuses }: HealthCheck, status: number): ProbeResult {
  const isExpected = expectedStatuses.some(({ start, end }) => status >= start && status < end)
  return isExpected ? success : { type: 'unexpected-status', reason: `it answered ${status}` }
}
