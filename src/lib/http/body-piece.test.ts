import { expect, test } from 'vitest'
import { BodyPiece } from './body-piece.ts'

const text = 'data: é €\n'

test('a piece says the same as bytes and as a string of them', () => {
  const piece = BodyPiece.ofBytes(Buffer.from(text))
  expect(piece.latin1).toBe(Buffer.from(text).toString('latin1'))
  expect(BodyPiece.ofLatin1(piece.latin1).bytes.toString()).toBe(text)
  expect(piece).toHaveLength(13)
  expect(BodyPiece.ofLatin1(piece.latin1)).toHaveLength(13)
})

test('the string stays when the bytes become others', () => {
  const bytes = Buffer.from('one')
  const piece = BodyPiece.ofBytes(bytes)
  const copy = piece.copy()
  expect(piece.latin1).toBe('one')
  bytes.write('two')
  expect(piece.latin1).toBe('one')
  expect(copy.bytes.toString()).toBe('one')
})

test.each([
  ['plain', true],
  [text, false],
])('%j is ASCII: %j', (said, isAscii) => {
  const piece = BodyPiece.ofBytes(Buffer.from(said))
  expect(piece.isAscii).toBe(isAscii)
  expect(BodyPiece.ofLatin1(piece.latin1).isAscii).toBe(isAscii)
})
