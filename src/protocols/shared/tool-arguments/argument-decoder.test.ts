import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ArgumentDecoder } from './argument-decoder.ts'

/** The strings found in a text that comes in these pieces, and the text that comes out when `edit` replaces each piece. */
function decode(fragments: readonly string[], edit = (text: string) => text) {
  const decoder = new ArgumentDecoder()
  const strings: string[] = []
  const ended: number[] = []
  let output = ''
  for (const fragment of fragments) {
    const { segments, ended: now, differs } = decoder.push(fragment)
    if (!differs) expect(segments.map(({ source }) => source).join('')).toBe(fragment)
    for (const segment of segments) {
      if (segment.text === undefined) continue
      strings[segment.ordinal] = (strings[segment.ordinal] ?? '') + segment.text
      segment.source = decoder.encode(edit(segment.text))
    }
    output += segments.map(({ source }) => source).join('')
    ended.push(...now)
  }
  return { strings, ended, output }
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap(stringsOf)
  return Object.entries(value).flatMap(([key, member]) => [key, ...stringsOf(member)])
}

const escaped = (text: string) =>
  text.replace(/[\s\S]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)

describe('strings within arguments', () => {
  test('are the same however the text is cut, and the text stays JSON of the same value', () => {
    const argument = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), { maxKeys: 3 })
    fc.assert(
      fc.property(argument, fc.array(fc.nat(400)), (value, cuts) => {
        const text = JSON.stringify(value)
        const places = [
          0,
          ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b),
          text.length,
        ]
        const fragments = places.slice(1).map((end, index) => text.slice(places[index], end))
        const { strings, ended, output } = decode(fragments)
        expect(strings).toEqual(stringsOf(JSON.parse(text)))
        expect(ended).toEqual(strings.map((_, index) => index))
        expect(JSON.parse(output)).toEqual(JSON.parse(text))
      }),
      { numRuns: 50 },
    )
  })

  test('end where the text ceases to be JSON, and all that follows is one', () => {
    const text = '{"a":"b","n":[12.5e3,-1],"t":true,"f":false} not 5105 "x"'
    for (let one = 0; one <= text.length; one++) {
      for (let two = one; two <= text.length; two++) {
        const fragments = [text.slice(0, one), text.slice(one, two), text.slice(two)]
        const { strings, output } = decode(fragments)
        expect(strings, `${one} ${two}`).toEqual(['a', 'b', 'n', 't', 'f', 'not 5105 "x"'])
        expect(output).toBe(text)
      }
    }
    expect(decode(['{tiger: 1}']).strings).toEqual(['tiger: 1}'])
  })

  test('never end in half a character or half an escape, whatever is cut', () => {
    const text = `{"a":"${escaped('é😀"')}😀\\\\ud83d\\\\"}`
    for (let one = 0; one <= text.length; one++) {
      for (let two = one; two <= text.length; two++) {
        const fragments = [text.slice(0, one), text.slice(one, two), text.slice(two)]
        const { strings, output } = decode(fragments, (piece) => {
          expect(piece.isWellFormed()).toBe(true)
          return piece
        })
        expect(strings).toEqual(['a', 'é😀"😀\\ud83d\\'])
        expect(JSON.parse(output)).toEqual({ a: 'é😀"😀\\ud83d\\' })
      }
    }
  })

  test('can be replaced by anything and leave numbers as they are written', () => {
    const { output } = decode(['{"n":1.0,"s":"se', 'cret"}'], (text) =>
      text === 'n' ? text : '"\\\n',
    )
    expect(output).toBe('{"n":1.0,"\\"\\\\\\n":"\\"\\\\\\n\\"\\\\\\n"}')
  })

  test('are one text when the arguments are no JSON', () => {
    const { strings, output } = decode([' ', 'call 4111', ' "1111"'], (text) => text.toUpperCase())
    expect(strings).toEqual(['call 4111 "1111"'])
    expect(output).toBe(' CALL 4111 "1111"')
  })
})
