import { characterClass, classOf } from './character-class.ts'

const { other, letter, number, space } = characterClass
const [newline, carriageReturn, blank, apostrophe] = [0x0a, 0x0d, 0x20, 0x27]
const maxDigits = 3
/** The class of a byte that is only a part of a character. */
const noCharacter = 0xff

/**
 * Cuts UTF-8 into the pieces whose tokens never reach beyond them: words with what stands before them, up to three digits, signs,
 * white space. The rule is the split pattern of cl100k_base (https://github.com/openai/tiktoken), walked by hand.
 */
export class PieceCutter {
  readonly #classes: Uint8Array
  /** By byte. */
  readonly #asciiClasses: Uint8Array
  #bytes: Uint8Array = new Uint8Array()
  #end = 0
  /** Where the character after the one that was looked at begins. */
  #next = 0

  constructor(classes: Uint8Array) {
    this.#classes = classes
    this.#asciiClasses = Uint8Array.from({ length: 0x100 }, (_, byte) =>
      byte < 0x80 ? classOf(classes, byte) : noCharacter,
    )
  }

  /** What is cut from now on: `bytes[0, end)`, valid UTF-8. */
  setText(bytes: Uint8Array, end: number): void {
    this.#bytes = bytes
    this.#end = end
  }

  /** Where the piece that begins at `start` ends. */
  pieceEnd(start: number): number {
    const firstByte = this.#bytes[start] ?? 0
    if (firstByte === apostrophe) {
      const length = this.#contractionLength(start + 1)
      if (length > 0) return start + 1 + length
    }
    const first = this.#classAt(start)
    const second = this.#next
    if (first === letter) return this.#runEnd(second, letter)
    if (first === number) return this.#digitsEnd(second)
    if (firstByte !== newline && firstByte !== carriageReturn && second < this.#end) {
      if (this.#classAt(second) === letter) return this.#runEnd(this.#next, letter)
    }
    if (first === other) return this.#signsEnd(second)
    if (firstByte === blank && second < this.#end && this.#classAt(second) === other) {
      return this.#signsEnd(second)
    }
    return this.#spacesEnd(start, second)
  }

  /** Of what follows an apostrophe: `s`, `d`, `m`, `t`, `ll`, `ve`, `re` in either case. */
  #contractionLength(start: number): number {
    const lowerAt = (index: number) =>
      index < this.#end ? String.fromCharCode((this.#bytes[index] ?? 0) | 0x20) : ''
    const one = lowerAt(start)
    // The bit that makes capitals small makes no other sign one of these letters.
    if (one === 's' || one === 'd' || one === 'm' || one === 't') return 1
    const two = one + lowerAt(start + 1)
    return two === 'll' || two === 've' || two === 're' ? 2 : 0
  }

  #digitsEnd(from: number): number {
    let end = from
    for (let digits = 1; digits < maxDigits && end < this.#end; digits += 1) {
      if (this.#classAt(end) !== number) break
      end = this.#next
    }
    return end
  }

  #signsEnd(from: number): number {
    let end = this.#runEnd(from, other)
    while (end < this.#end && this.#isLineEnd(end)) end += 1
    return end
  }

  /** Up to the last line end; else all but the last space, which belongs to what follows, if anything does. */
  #spacesEnd(start: number, second: number): number {
    let afterLineEnd = this.#isLineEnd(start) ? second : 0
    let last = start
    let end = second
    while (end < this.#end && this.#classAt(end) === space) {
      last = end
      end = this.#next
      if (this.#isLineEnd(last)) afterLineEnd = end
    }
    if (end === this.#end) return end
    if (afterLineEnd > 0) return afterLineEnd
    return last > start ? last : second
  }

  #runEnd(from: number, wanted: number): number {
    let end = this.#asciiRunEnd(from, wanted)
    while (end < this.#end && this.#classAt(end) === wanted) {
      end = this.#asciiRunEnd(this.#next, wanted)
    }
    return end
  }

  /** Most texts are ASCII for the most part. */
  #asciiRunEnd(from: number, wanted: number): number {
    const bytes = this.#bytes
    const classes = this.#asciiClasses
    const limit = this.#end
    let end = from
    while (end < limit && classes[bytes[end] ?? 0] === wanted) end += 1
    return end
  }

  #isLineEnd(index: number): boolean {
    const byte = this.#bytes[index]
    return byte === newline || byte === carriageReturn
  }

  #classAt(index: number): number {
    const lead = this.#bytes[index] ?? 0
    if (lead < 0x80) {
      this.#next = index + 1
      return this.#asciiClasses[lead] ?? other
    }
    return this.#wideClassAt(index, lead)
  }

  /** Apart from the rest, whose variables a closure would move to the heap with every call. */
  #wideClassAt(index: number, lead: number): number {
    const bytes = this.#bytes
    const tail = (offset: number) => (bytes[index + offset] ?? 0) & 0x3f
    if (lead < 0xe0) {
      this.#next = index + 2
      return classOf(this.#classes, ((lead & 0x1f) << 6) | tail(1))
    }
    if (lead < 0xf0) {
      this.#next = index + 3
      return classOf(this.#classes, ((lead & 0x0f) << 12) | (tail(1) << 6) | tail(2))
    }
    this.#next = index + 4
    const high = ((lead & 0x07) << 18) | (tail(1) << 12)
    return classOf(this.#classes, high | (tail(2) << 6) | tail(3))
  }
}
