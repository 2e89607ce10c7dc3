import type { Socket } from 'node:net'
import type { Backend, Endpoint } from '../../ir/backend.ts'
import { request } from '../../lib/http/node-http.ts'
import { type Jwk, parseKeySet } from '../../lib/jwk/parse-key-set.ts'
import { type DialServices, dialEndpoint } from '../dialing/dial-endpoint.ts'

/** Gets the keys at `url` from an endpoint. Rejects with a reason that quotes nothing of the answer. */
export type FetchKeySet = (
  source: { readonly url: string; readonly backend: Backend; readonly endpoint: Endpoint },
  signal: AbortSignal,
) => Promise<readonly Jwk[]>

const maxHeadBytes = 16 * 1024

const maxBodyBytes = 256 * 1024

const timeoutMs = 5000

/** Makes fetches that take at most five seconds and 256 KiB. Redirects are not followed: they could lead anywhere. */
export function createFetchKeySet(services: DialServices): FetchKeySet {
  return async ({ url, backend, endpoint }, stopped) => {
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(timeoutMs)])
    const target = { backend, endpoint, alpnProtocols: ['http/1.1'] }
    try {
      const socket = await dialEndpoint(target, services, signal)
      const text = await get(new URL(url), socket).finally(() => socket.destroy())
      const keys = parseKeySet(text, { symmetric: false })
      if ('type' in keys) throw new Error(keys.message)
      return keys
    } catch (error) {
      throw signal.aborted ? new Error(`it took longer than ${timeoutMs} ms`) : error
    }
  }
}

function get({ host, pathname, search }: URL, socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({
      createConnection: () => socket,
      path: pathname + search,
      maxHeaderSize: maxHeadBytes,
      headers: { host, accept: 'application/json', 'user-agent': 'sluice', connection: 'close' },
    })
    let answered = false
    call.on('response', (response) => {
      answered = true
      if (response.statusCode === 200) readBody(response).then(resolve, reject)
      else reject(new Error(`it answered ${response.statusCode}`))
    })
    call.on('error', reject)
    call.on('close', () => {
      if (!answered) reject(new Error('the connection ended without an answer'))
    })
    call.end()
  })
}

async function readBody(response: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response) {
    bytes += chunk.length
    if (bytes > maxBodyBytes) throw new Error(`it is larger than ${maxBodyBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
