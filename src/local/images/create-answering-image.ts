import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from '../../lib/http/node-http.ts'
import { listenOnPorts } from './listen.ts'
import type { ImageStart, LocalImage } from './local-image.ts'
import { readRequestText } from './request-text.ts'

const defaultPort = 8080

/** What an image says to every request. */
export interface ImageAnswer {
  readonly status: number
  readonly contentType: string
  /** Writes what the pod logs of the request; `body` is undefined for one that is too large, which is answered 413. */
  log(request: IncomingMessage, body: string | undefined, start: ImageStart): void
  body(request: IncomingMessage, body: string, start: ImageStart): string
}

/** Makes an image that reads each request whole, logs it, and answers it on its own. */
export function createAnsweringImage(answer: ImageAnswer): LocalImage {
  return {
    start: (start) =>
      listenOnPorts(
        (start.ports.length > 0 ? start.ports : [defaultPort]).map((port) => ({
          port,
          create: () =>
            createServer((request, response) => void serve(request, response, { answer, start })),
        })),
        start.address,
      ),
  }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { answer, start }: { readonly answer: ImageAnswer; readonly start: ImageStart },
): Promise<void> {
  try {
    const body = await readRequestText(request)
    answer.log(request, body, start)
    const status = body === undefined ? 413 : answer.status
    response.writeHead(status, { 'content-type': answer.contentType })
    response.end(body === undefined ? '' : answer.body(request, body, start))
  } catch {
    // The caller went away in the middle of its request.
    response.destroy()
  }
}
