import { BodyPiece } from '../../../lib/http/body-piece.ts'
import type { Frame } from '../frame.ts'

/** One server-sent event, or a block of comments, as it came, and what it says. */
export class SseEvent implements Frame {
  /** As it came; a character is a byte. */
  readonly latin1: string
  /** Then it says the same in UTF-8. */
  readonly isAscii: boolean
  readonly #isFirst: boolean
  #text: string | undefined
  #lines: readonly string[] | undefined

  constructor(latin1: string, isAscii: boolean, isFirst: boolean) {
    this.latin1 = latin1
    this.isAscii = isAscii
    this.#isFirst = isFirst
  }

  get piece(): BodyPiece {
    return BodyPiece.ofLatin1(this.latin1)
  }

  /** All of it. */
  get text(): string {
    if (this.isAscii) return this.latin1
    this.#text ??= Buffer.from(this.latin1, 'latin1').toString('utf8')
    return this.#text
  }

  /** Its `data:` lines joined by newlines; undefined when it has none. */
  get data(): string | undefined {
    const lines = this.#allLines()
    const [only = ''] = lines
    if (lines.length === 1 && only.startsWith('data: ')) return only.slice(6)
    const data = lines.filter((line) => fieldName(line) === 'data')
    return data.length === 0 ? undefined : data.map(fieldValue).join('\n')
  }

  /** The event with other data on one line; whatever else it says stays, but for a byte order mark. */
  encode(data: string): Buffer {
    const first = this.#allLines().findIndex((line) => fieldName(line) === 'data')
    const lines = this.#allLines().flatMap((line, index) => {
      if (index === first) return [`data: ${data}`]
      return fieldName(line) === 'data' ? [] : [line]
    })
    return this.#join(lines)
  }

  create(data: string, name: string | undefined): Buffer {
    return this.#join(name === undefined ? [`data: ${data}`] : [`event: ${name}`, `data: ${data}`])
  }

  #join(lines: readonly string[]): Buffer {
    const end = lineEndOf(this.latin1)
    return Buffer.from(`${lines.join(end)}${end}${end}`)
  }

  #allLines(): readonly string[] {
    this.#lines ??= linesOf(this.text, this.#isFirst)
    return this.#lines
  }
}

function linesOf(text: string, isFirst: boolean): string[] {
  const lines = (isFirst && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text).split(
    text.includes('\r') ? /\r\n|\r|\n/ : '\n',
  )
  return lines.filter((line) => line !== '')
}

function fieldName(line: string): string {
  const colon = line.indexOf(':')
  return colon < 0 ? line : line.slice(0, colon)
}

function fieldValue(line: string): string {
  const colon = line.indexOf(':')
  if (colon < 0) return ''
  return line.charCodeAt(colon + 1) === 32 ? line.slice(colon + 2) : line.slice(colon + 1)
}

function lineEndOf(text: string): string {
  const carriageReturn = text.indexOf('\r')
  if (carriageReturn < 0) return '\n'
  return text[carriageReturn + 1] === '\n' ? '\r\n' : '\r'
}
