import { type IncomingHttpHeaders, request } from 'node:http'

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface HttpCall {
  readonly address: string
  readonly port?: number
  readonly path: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: string | Uint8Array
  /** How the answer becomes text: `latin1` keeps bytes. */
  readonly encoding?: BufferEncoding
}

/** One HTTP/1.1 request on a connection of its own. */
export function callHttp({
  address,
  port = 80,
  path,
  method = 'GET',
  headers = {},
  body,
  encoding = 'utf8',
}: HttpCall) {
  return new Promise<HttpAnswer>((resolve, reject) => {
    const options = { host: address, port, path, method, headers, agent: false } as const
    const call = request(options, (response) => {
      let text = ''
      response.setEncoding(encoding)
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      )
    })
    call.on('error', reject)
    call.end(body)
  })
}
