import { formsOf } from './credential-forms.ts'
import { escapeBytes, undecided } from './escapes.ts'
import { createForm, type Form, matchForm, type SearchedText } from './match-form.ts'

/** What stands in the place of a credential. */
const mask = Buffer.from('***')
const nothing = Buffer.alloc(0)

/** A stretch of bytes that repeats a credential. */
export interface Occurrence {
  readonly start: number
  readonly end: number
}

/** Finds credentials in texts that repeat them, whatever they were escaped or encoded as. */
export class CredentialMasker {
  /** By the byte that a stretch begins with. */
  readonly #formsByByte: (readonly Form[] | undefined)[] = []
  /** True: nothing is looked for. */
  readonly isIdle: boolean
  /** How many were masked so far. */
  found = 0

  constructor(credentials: readonly string[]) {
    const forms = credentials.flatMap(formsOf).map(createForm)
    this.isIdle = forms.length === 0
    for (const [first, own] of Map.groupBy(forms, ({ bytes }) => bytes[0] ?? 0)) {
      this.#formsByByte[first] = own
    }
    for (const byte of escapeBytes) this.#formsByByte[byte] = forms
  }

  /** Masks the value of a header. */
  maskText(text: string): string {
    const bytes = Buffer.from(text, 'latin1')
    const masked = this.maskWhole(bytes)
    return masked === bytes ? text : masked.toString('latin1')
  }

  /** Masks the values of headers or trailers, flat as they are. */
  maskHeaders(flat: readonly string[]): string[] {
    return flat.map((text, index) => (index % 2 === 0 ? text : this.maskText(text)))
  }

  /** Returns `bytes` itself when it repeats nothing. */
  maskWhole(bytes: Buffer): Buffer {
    const { occurrences } = this.find({ bytes, isWhole: true })
    return this.replace(bytes, occurrences)
  }

  /** Masks a text that comes in pieces. */
  createStream(): MaskedStream {
    return new MaskedStream(this)
  }

  /** In order, as far as the text tells; from `decidedTo` on more of it must come. */
  find(text: SearchedText): { readonly occurrences: readonly Occurrence[]; decidedTo: number } {
    const { bytes } = text
    if (this.isIdle) return { occurrences: [], decidedTo: bytes.length }
    const occurrences: Occurrence[] = []
    let at = 0
    while (at < bytes.length) {
      const length = this.#lengthAt(text, at)
      if (length === undecided) break
      if (length > 0) occurrences.push({ start: at, end: at + length })
      at += Math.max(length, 1)
    }
    this.found += occurrences.length
    return { occurrences, decidedTo: at }
  }

  replace(bytes: Buffer, occurrences: readonly Occurrence[]): Buffer {
    if (occurrences.length === 0) return bytes
    const pieces: Buffer[] = []
    let from = 0
    for (const { start, end } of occurrences) {
      pieces.push(bytes.subarray(from, start), mask)
      from = end
    }
    return Buffer.concat([...pieces, bytes.subarray(from)])
  }

  /** The longest counts, so that where a text is cut changes nothing. */
  #lengthAt(text: SearchedText, at: number): number {
    let longest = 0
    for (const form of this.#formsByByte[text.bytes[at] ?? 0] ?? noForms) {
      const length = matchForm(text, at, form)
      if (length === undecided) return undecided
      if (length > longest) longest = length
    }
    return longest
  }
}

const noForms: readonly Form[] = []

/** Masks a text piece by piece; holds back only what may be the beginning of a credential. */
export class MaskedStream {
  readonly #masker: CredentialMasker
  #held: Buffer = nothing

  constructor(masker: CredentialMasker) {
    this.#masker = masker
  }

  /** What is returned may be part of `chunk`; nothing else of it is kept. */
  push(chunk: Buffer): Buffer {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    const { occurrences, decidedTo } = this.#masker.find({ bytes, isWhole: false })
    this.#held = decidedTo === bytes.length ? nothing : Buffer.from(bytes.subarray(decidedTo))
    return this.#masker.replace(bytes.subarray(0, decidedTo), occurrences)
  }

  /** What was still held back. */
  end(): Buffer {
    const rest = this.#masker.maskWhole(this.#held)
    this.#held = nothing
    return rest
  }
}
