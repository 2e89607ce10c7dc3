import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BodyPiece } from '../../../lib/http/body-piece.ts'
import { SseFramer } from './sse-framer.ts'

interface Seen {
  bytes: string
  data: string | undefined
}

function frame(chunks: readonly Buffer[]): Seen[] {
  const framer = new SseFramer()
  const events = [
    ...chunks.flatMap((chunk) => framer.push(BodyPiece.ofBytes(chunk))),
    ...framer.end(),
  ]
  return events.map(({ latin1, data }) => ({ bytes: latin1, data }))
}

const dataOf = (text: string) =>
  frame([Buffer.from(text)])
    .map(({ data }) => data)
    .filter((data) => data !== undefined)

describe('cutting a stream into events', () => {
  test.each(['\n', '\r\n', '\r'])('takes %j as line end', (end) => {
    const text = [': hi', 'event: a', 'data: 1', '', 'data:2', 'data', 'data:  3', '', ''].join(end)
    expect(frame([Buffer.from(text)])).toEqual([
      { bytes: [': hi', 'event: a', 'data: 1', '', ''].join(end), data: '1' },
      { bytes: ['data:2', 'data', 'data:  3', '', ''].join(end), data: '2\n\n 3' },
    ])
  })

  test('reads what stands behind a byte order mark and before a missing last blank line', () => {
    expect(dataOf('\ufeffdata: first\n\ndata: last')).toEqual(['first', 'last'])
  })

  test('gives out comments and blank lines at once and without data', () => {
    expect(frame([Buffer.from(': ping\n\n\n')])).toEqual([
      { bytes: ': ping\n\n', data: undefined },
      { bytes: '\n', data: undefined },
    ])
  })

  test('does not wait for a line feed in a stream that has only carriage returns', () => {
    expect(new SseFramer().push(BodyPiece.ofBytes(Buffer.from('data: x\r\r')))).toHaveLength(1)
  })

  test('gives out the same events and all bytes however the stream is split', () => {
    const piece = fc.constantFrom(
      'data: a',
      'data:é',
      ': c',
      'event: e',
      '\n',
      '\r',
      '\r\n',
      '\ufeff',
      'x',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const bytes = Buffer.from(pieces.join(''))
        const whole = frame([bytes])
        expect(whole.map((event) => event.bytes).join('')).toBe(bytes.toString('latin1'))
        for (let one = 0; one <= bytes.length; one++) {
          for (let two = one; two <= bytes.length; two++) {
            const parts = [bytes.subarray(0, one), bytes.subarray(one, two), bytes.subarray(two)]
            expect(frame(parts)).toEqual(whole)
          }
        }
      }),
      { numRuns: 200 },
    )
  })
})

test('an event with other data keeps its name, its comments and its line ends', () => {
  const [event] = new SseFramer().push(
    BodyPiece.ofLatin1(': c\r\nevent: e\r\ndata: 1\r\ndata: 2\r\nid: 7\r\n\r\n'),
  )
  expect(event?.encode('{}').toString()).toBe(': c\r\nevent: e\r\ndata: {}\r\nid: 7\r\n\r\n')
})
