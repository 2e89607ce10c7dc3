import type { ResourceApi, Watch, WatchEvent, WatchRequest } from '../../resources/resource-api.ts'
import { type Exchange, setSafeHeaders } from '../http/answer.ts'
import type { ObjectEncoder } from './object-encoder.ts'

/** A client that takes nothing for this long is cut off, so that what waits for it is freed. */
const stalledClientMs = 60_000

/** Streams the changes of a kind as JSON lines until the client, the time or the server ends it. */
export function serveWatch(
  exchange: Exchange,
  api: ResourceApi,
  request: WatchRequest,
  encoder: ObjectEncoder,
): void {
  const { response } = exchange
  let watch: Watch | undefined
  let isHeadSent = false
  let isClosed = false
  let stalled: NodeJS.Timeout | undefined
  // The head waits for the API, which may still refuse the request.
  const sendHead = () => {
    if (isHeadSent) return
    isHeadSent = true
    setSafeHeaders(response, { contentType: 'application/json' })
    response.statusCode = 200
    flushHeaders(response)
  }
  const stopWaiting = () => {
    clearTimeout(stalled)
    stalled = undefined
  }
  const send = (event: WatchEvent): boolean => {
    if (isClosed || response.writableEnded) return true
    sendHead()
    if (response.write(encodeEvent(event, encoder))) return true
    stalled ??= setTimeout(() => response.destroy(), stalledClientMs).unref()
    return false
  }
  response.on('drain', () => {
    stopWaiting()
    watch?.resume()
  })
  response.once('close', () => {
    isClosed = true
    stopWaiting()
    watch?.close()
  })
  watch = api.watch(request, {
    send,
    end: () => {
      sendHead()
      response.end()
    },
  })
  sendHead()
}

/** Both of Node's kinds of response have the method; the types know only one of them. */
function flushHeaders(response: Exchange['response']): void {
  if ('flushHeaders' in response && typeof response.flushHeaders === 'function') {
    response.flushHeaders()
  }
}

function encodeEvent(event: WatchEvent, encoder: ObjectEncoder): string {
  const object =
    event.type === 'ERROR' ? JSON.stringify(event.object) : encoder.encodeWatched(event.object)
  return `{"type":"${event.type}","object":${object}}\n`
}
