import type { Socket } from 'node:net'
import type { Backend, Endpoint, HealthCheck } from '../../ir/backend.ts'
import { request } from '../../lib/http/node-http.ts'
import { messageOf } from '../../lib/message-of.ts'
import { type DialServices, dialEndpoint } from '../dialing/dial-endpoint.ts'

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

/** Largest response head of a probe, in bytes. */
const maxHeadBytes = 16 * 1024

const success: ProbeResult = { type: 'success' }

/** Makes probes that dial the addresses that requests dial, under the same rules. */
export function createProbe(services: DialServices): Probe {
  return async (target, signal) => {
    try {
      const { backend, endpoint, check } = target
      // Probes speak HTTP/1.1, whatever requests speak; a TCP check offers what requests offer.
      const alpnProtocols =
        check.type === 'http' ? ['http/1.1'] : (backend.tls?.alpnProtocols ?? [])
      const socket = await dialEndpoint({ backend, endpoint, alpnProtocols }, services, signal)
      try {
        return target.check.type === 'tcp' ? success : await askByHttp(target, socket)
      } finally {
        socket.destroy()
      }
    } catch (error) {
      const reason = messageOf(error)
      return { type: 'network-failure', reason }
    }
  }
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
