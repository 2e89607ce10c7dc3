import type { IncomingMessage, ServerResponse } from 'node:http'
import { listenOnPorts } from './listen.ts'
import type { ImageStart, LocalImage } from './local-image.ts'
import { readRequestText } from './request-text.ts'

const defaultPort = 8080

const answer = JSON.stringify({
  error: {
    message: 'Rate limit reached. This model has no capacity left, on purpose.',
    type: 'requests',
    param: null,
    code: 'rate_limit_exceeded',
  },
})

/** A model that is always overloaded: logs each request and answers 429, so that failover can be watched. */
export const modelFailover: LocalImage = {
  start: (options) =>
    listenOnPorts(
      (request, response) => void serve(request, response, options),
      options.address,
      options.ports.length > 0 ? options.ports : [defaultPort],
    ),
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { log, now }: ImageStart,
): Promise<void> {
  try {
    const body = await readRequestText(request)
    log(formatLine(now(), body ?? ''))
    const status = body === undefined ? 413 : 429
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(body === undefined ? '' : answer)
  } catch {
    // The caller went away in the middle of its request.
    response.destroy()
  }
}

/** The form of Go's structured log, in which a second `msg` holds what was received. */
function formatLine(timeMs: number, body: string): string {
  const time = new Date(timeMs).toISOString()
  return `{"time":"${time}","level":"INFO","msg":"Request received","msg":${JSON.stringify(body)}}`
}
