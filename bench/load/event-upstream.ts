// A provider that streams, as light as it can be: raw sockets and answers prepared once. Run with: HOST PORT
//   POST …/events   64 events, 20 ms apart, the first at once, as a chat completion is streamed
//   POST …/segment  50 events in one write
import { createServer, type Socket } from 'node:net'

const pacedEvents = 64
const pauseMs = 20
const segmentEvents = 50

const eventOf = (fields: object) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', ...fields })}\n\n`
const choiceOf = (delta: object, reason: string | null) =>
  eventOf({ choices: [{ index: 0, delta, finish_reason: reason }] })
const usage = { prompt_tokens: 38, completion_tokens: 61, total_tokens: 99 }
const frame = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`

const token = frame(choiceOf({ content: ' token' }, null))
/** What a stream ends with, in the order of sending. */
const closing = [
  frame(choiceOf({}, 'stop')),
  frame(eventOf({ choices: [], usage })),
  `${frame('data: [DONE]\n\n')}0\r\n\r\n`,
]
const head =
  'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'
const tokens = (count: number) => Array.from({ length: count }, () => token)
const [first = '', ...others] = tokens(pacedEvents - closing.length)
/** Each in a write of its own. */
const paced = [head + first, ...others, ...closing].map((text) => Buffer.from(text))
const segment = Buffer.from([head, ...tokens(segmentEvents - closing.length), ...closing].join(''))

/**
 * Every event has its time on the stream's own clock. An interval of Node counts from when it was run last: streams that were late
 * together once would stay together, and what is measured would be the convoy.
 */
function streamEvents(socket: Socket): void {
  const beganMs = performance.now()
  let sent = 0
  const sendNext = (): void => {
    const event = paced[sent]
    if (socket.destroyed || event === undefined) return
    sent++
    socket.write(event)
    setTimeout(sendNext, Math.max(1, beganMs + sent * pauseMs - performance.now()))
  }
  sendNext()
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
    const slow = text.startsWith('POST /v1/events')
    text = ''
    if (slow) streamEvents(socket)
    else socket.write(segment)
  })
}

const [host, port] = process.argv.slice(2)
createServer(answer).listen({ host, port: Number(port), backlog: 4096 })
process.once('SIGTERM', () => process.exit(0))
