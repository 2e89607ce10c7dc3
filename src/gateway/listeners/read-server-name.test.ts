import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { connect } from 'node:tls'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readServerName } from './read-server-name.ts'

/** The first bytes that Node's own client sends. */
async function helloOf(servername: string | undefined): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const client = connect({ host: '127.0.0.1', port, ...(servername ? { servername } : {}) })
  client.on('error', () => undefined)
  const [socket] = await once(server, 'connection')
  const [bytes] = await once(socket, 'data')
  client.destroy()
  server.close()
  return bytes as Buffer
}

/** The same message in records of `size` bytes. */
function splitRecords(hello: Buffer, size: number): Buffer {
  const message = hello.subarray(5)
  const records: Buffer[] = []
  for (let offset = 0; offset < message.length; offset += size) {
    const part = message.subarray(offset, offset + size)
    records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 0xff]), part)
  }
  return Buffer.concat(records)
}

const named = await helloOf('Api.Example.com')

test('the server name of a client is read, lower-case', async () => {
  expect(readServerName(named)).toEqual({ type: 'read', serverName: 'api.example.com' })
  expect(readServerName(await helloOf(undefined))).toEqual({ type: 'read', serverName: '' })
})

test('a message may come in many records', () => {
  for (const size of [1, 7, 100]) {
    expect(readServerName(splitRecords(named, size))).toMatchObject({
      serverName: 'api.example.com',
    })
  }
})

test('a message that has not come whole is waited for', () => {
  for (let length = 0; length < named.length; length += 1) {
    expect(readServerName(named.subarray(0, length))).toEqual({ type: 'incomplete' })
  }
})

test('nothing is waited for without end', () => {
  const begun = Buffer.concat([
    Buffer.from([22, 3, 1, 0, 4, 1, 0, 0x40, 0]),
    Buffer.alloc(70_000, 23),
  ])
  expect(readServerName(begun)).toEqual({ type: 'unreadable' })
})

test.each([
  ['a request in clear text', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['another handshake message', Buffer.from([22, 3, 1, 0, 4, 2, 0, 0, 0])],
  ['a message that is too long', Buffer.from([22, 3, 1, 0, 4, 1, 255, 255, 255])],
  ['an empty record', Buffer.from([22, 3, 1, 0, 0])],
  ['a message that ends early', Buffer.from([22, 3, 1, 0, 5, 1, 0, 0, 1, 3])],
])('%s is not a ClientHello', (_, bytes) => {
  expect(readServerName(bytes)).toEqual({ type: 'unreadable' })
})

test('whatever a client sends, reading it ends without an exception', () => {
  fc.assert(
    fc.property(fc.nat(named.length - 1), fc.uint8Array({ maxLength: 40 }), (at, bytes) => {
      const changed = Buffer.from(named)
      changed.set(bytes.subarray(0, named.length - at), at)
      expect(['read', 'unreadable', 'incomplete']).toContain(readServerName(changed).type)
    }),
  )
})
