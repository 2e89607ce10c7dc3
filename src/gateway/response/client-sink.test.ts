import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { BodyPiece } from '../../lib/http/body-piece.ts'
import { ClientSink } from './client-sink.ts'

/** An answer whose head is on its way, and the client that waits for it and has read nothing yet. */
async function beginAnswer({ flushesHead } = { flushesHead: true }) {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  client.pause()
  onTestFinished(() => {
    client.destroy()
    server.close()
  })
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse]
  const sink = new ClientSink(response, 0)
  sink.writeHead(200, flushesHead ? ['content-type', 'text/event-stream'] : ['content-length', '5'])
  if (flushesHead) sink.flushHead()
  // Node holds the head until the turn of the loop is over.
  await setImmediate()
  return { sink, client, socket: response.socket as Socket }
}

const piece = (text: string) => BodyPiece.ofBytes(Buffer.from(text))

async function readBody(client: Socket, end: string): Promise<string> {
  let text = ''
  for await (const chunk of client) {
    text += String(chunk)
    if (text.endsWith(end)) break
  }
  return text.slice(text.indexOf('\r\n\r\n') + 4)
}

test('chunks of one turn of the loop go out together, in their order and before the end', async () => {
  const { sink, client, socket } = await beginAnswer()
  const write = vi.spyOn(socket, 'write')
  expect(sink.write(piece('one'))).toBe(true)
  expect(sink.write(piece('é'))).toBe(true)
  expect(write).not.toHaveBeenCalled()
  sink.end()
  expect(write.mock.calls[0]?.[0]).toBe('3\r\none\r\n2\r\nÃ©\r\n')
  expect(await readBody(client, '0\r\n\r\n')).toBe('3\r\none\r\n2\r\né\r\n0\r\n\r\n')
})

test('a chunk does not wait for another turn of the loop', async () => {
  const { sink, client } = await beginAnswer()
  sink.write(piece('alone'))
  expect(await readBody(client, 'alone\r\n')).toBe('5\r\nalone\r\n')
})

test('a longer chunk goes behind those that wait', async () => {
  const { sink, client } = await beginAnswer()
  const long = 'x'.repeat(5000)
  sink.write(piece('short'))
  sink.write(piece(long))
  sink.end()
  expect(await readBody(client, '0\r\n\r\n')).toBe(`5\r\nshort\r\n1388\r\n${long}\r\n0\r\n\r\n`)
})

test('what was written before an abort reaches the client', async () => {
  const { sink, client } = await beginAnswer()
  sink.write(piece('last words'))
  sink.abort()
  expect(await readBody(client, 'words\r\n')).toBe('a\r\nlast words\r\n')
})

test('a client that reads nothing is found to be behind, and gets all of it in order', async () => {
  const { sink, client } = await beginAnswer()
  const sent: string[] = []
  let isTaken = true
  for (let index = 0; isTaken && index < 100_000; index++) {
    sent.push(`${index} `.padEnd(1000, '.'))
    isTaken = sink.write(piece(sent.at(-1) ?? ''))
  }
  expect(isTaken).toBe(false)
  const drained = new Promise<void>((resolve) => sink.onDrain(resolve))
  const body = readBody(client, '0\r\n\r\n')
  await drained
  sink.end()
  expect((await body).replaceAll(/3e8\r\n|\r\n0?(?:\r\n\r\n)?/g, '')).toBe(sent.join(''))
})

test('a short answer that is there at once ends with the turn of the loop', async () => {
  const { sink, client, socket } = await beginAnswer({ flushesHead: false })
  const write = vi.spyOn(socket, 'write')
  sink.endWhole(piece('whole'))
  expect(sink.ended).toBe(true)
  expect(write).not.toHaveBeenCalled()
  expect(await readBody(client, 'whole')).toBe('whole')
})

test('a client that is gone by then gets nothing, and nothing fails', async () => {
  const { sink, client } = await beginAnswer({ flushesHead: false })
  sink.endWhole(piece('whole'))
  sink.response.destroy()
  await once(client.resume(), 'close')
})

const sentTrailers = [
  ...['connection', 'close', 'x-sum', '1', 'te', 'gzip', 'x-sum', '2', 'content-length', '9'],
  ...['date', 'a', 'date', 'b', 'upgrade', 'h2c', 'constructor', 'c', 'grpc-status', '0'],
]

test('trailers go on but for those that say what concerns the connection', async () => {
  const { sink, client } = await beginAnswer()
  sink.addTrailers(sentTrailers)
  sink.end()
  expect(await readBody(client, '\r\n\r\n')).toBe(
    '0\r\nx-sum: 1\r\nx-sum: 2\r\ndate: a\r\ndate: b\r\nconstructor: c\r\ngrpc-status: 0\r\n\r\n',
  )
})

test('trailers go on over HTTP/2 but for those that say what concerns the connection', async () => {
  const server = createHttp2Server({ strictSingleValueFields: false }, (_request, response) => {
    const sink = new ClientSink(response, 0)
    sink.writeHead(200, [])
    sink.addTrailers(sentTrailers)
    sink.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(() => {
    session.destroy()
    server.close()
  })
  const [trailers] = await once(session.request().resume(), 'trailers')
  expect(Object.entries(trailers)).toEqual([
    ['x-sum', '1, 2'],
    ['date', 'a'],
    ['constructor', 'c'],
    ['grpc-status', '0'],
  ])
})
