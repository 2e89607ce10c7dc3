// A provider that streams, as light as it can be: raw sockets and answers prepared once. Run with: HOST PORT
//   POST …/events   64 events, 20 ms apart, the first at once
//   POST …/segment  50 events in one write
import { createServer, type Socket } from 'node:net'

const pacedEvents = 64
const pauseMs = 20
const segmentEvents = 50

const event = `data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":" token"},"finish_reason":null}]}\n\n`
const chunk = `${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`
const head =
  'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'
const lastChunk = '0\r\n\r\n'
const first = Buffer.from(head + chunk)
const middle = Buffer.from(chunk)
const last = Buffer.from(chunk + lastChunk)
const segment = Buffer.from(head + chunk.repeat(segmentEvents) + lastChunk)

/**
 * Every event has its time on the stream's own clock. An interval of Node counts from when it was run last: streams that were late
 * together once would stay together, and what is measured would be the convoy.
 */
function streamEvents(socket: Socket): void {
  socket.write(first)
  const beganMs = performance.now()
  let sent = 1
  const sendNext = (): void => {
    sent++
    if (socket.destroyed) return
    socket.write(sent < pacedEvents ? middle : last)
    if (sent < pacedEvents) wait()
  }
  const wait = () => setTimeout(sendNext, Math.max(1, beganMs + sent * pauseMs - performance.now()))
  wait()
}

function answer(socket: Socket): void {
  let text = ''
  socket.setNoDelay(true)
  socket.on('error', () => undefined)
  socket.on('data', (data: Buffer) => {
    text += data.toString('latin1')
    const end = text.indexOf('\r\n\r\n')
    if (end < 0) return
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end))?.[1] ?? 0)
    if (text.length < end + 4 + length) return
    const paced = text.startsWith('POST /v1/events')
    text = ''
    if (paced) streamEvents(socket)
    else socket.write(segment)
  })
}

const [host, port] = process.argv.slice(2)
createServer(answer).listen({ host, port: Number(port), backlog: 4096 })
process.once('SIGTERM', () => process.exit(0))
