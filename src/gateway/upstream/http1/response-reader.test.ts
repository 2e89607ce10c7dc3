import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ResponseReader } from './response-reader.ts'

interface Heard {
  heads: unknown[]
  body: string
  ends: unknown[]
  problems: string[]
}

function read(pieces: readonly Buffer[]): Heard {
  const heard: Heard = { heads: [], body: '', ends: [], problems: [] }
  let sawEnd = false
  const reader = new ResponseReader({
    onHead: ({ status, headers }) => heard.heads.push([status, headers]),
    onBody(chunk) {
      heard.body += chunk.toString('latin1')
    },
    onMessageEnd(trailers) {
      sawEnd = true
      heard.ends.push(trailers)
    },
    onInvalid: (problem) => heard.problems.push(problem),
  })
  reader.begin(false)
  // Every segment is read into the same memory, as sockets do.
  const memory = Buffer.alloc(Math.max(1, ...pieces.map((piece) => piece.length)))
  for (const piece of pieces) {
    if (sawEnd) break
    piece.copy(memory)
    reader.push(memory.subarray(0, piece.length))
    memory.fill('#')
  }
  if (!sawEnd) reader.end()
  return heard
}

const answers = [
  'HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx: y\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\n\r\nuntil the end',
  'HTTP/1.1 103 Early Hints\r\na: b\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0A\r\n0123456789\r\n0\r\nt: u\r\n\r\n',
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nbad header\r\n\r\n',
]

test('an answer means the same however it is cut into segments', () => {
  const cutting = fc.tuple(fc.constantFrom(...answers), fc.array(fc.nat(), { maxLength: 12 }))
  fc.assert(
    fc.property(cutting, ([answer, cuts]) => {
      const bytes = Buffer.from(answer, 'latin1')
      const places = [...cuts.map((cut) => cut % bytes.length), 0, bytes.length]
      const sorted = places.sort((a, b) => a - b)
      const pieces = sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end))
      expect(read(pieces)).toEqual(read([bytes]))
    }),
    { seed: 7, numRuns: 2000 },
  )
})

test('the chunks of one segment are one piece of body', () => {
  const events = Array.from({ length: 50 }, (_, index) => `data: ${index}\n\n`)
  const chunks = events.map((event) => `${event.length.toString(16)}\r\n${event}\r\n`).join('')
  const pieces: string[] = []
  const reader = new ResponseReader({
    onHead: () => undefined,
    onBody: (chunk) => pieces.push(chunk.toString()),
    onMessageEnd: () => pieces.push('end'),
    onInvalid: (problem) => pieces.push(problem),
  })
  reader.begin(false)
  reader.push(
    Buffer.from(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`),
  )
  expect(pieces).toEqual([events.join(''), 'end'])
})

test.each([
  ['a head', 'HTTP/1.1 200 OK\r\nx: ', 61_440],
  ['trailers', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: ', 16_384],
  ['a chunk extension', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;x=', 16_384],
])('%s without end is given up', (_name, start, limit) => {
  const flood = Array.from({ length: 70 }, () => Buffer.alloc(1024, 'y'))
  const { problems } = read([Buffer.from(start), ...flood])
  expect(problems).toHaveLength(1)
  const fitting = flood.slice(0, Math.floor(limit / 1024) - 1)
  expect(read([Buffer.from(start), ...fitting]).problems).toEqual([])
})
