import type { TextSlot } from '../../../llm/text-slot.ts'
import type { ArgumentDecoder } from '../tool-arguments/argument-decoder.ts'
import { addressKeys, freeFormKeys, opaqueKeys, textlessKeys } from './opaque-keys.ts'

/** Whose a text is. */
export interface TextOwner {
  readonly channel: string
  readonly role: string | undefined
}

/** A slot, and where its text stands. */
export interface CollectedSlot extends TextSlot {
  /** The keys that lead there from the value that was walked; empty for what is no member by itself. */
  readonly path: readonly string[]
}

type Container = Record<string, unknown> | unknown[]

/** Collects the texts of a JSON message as slots that write into it. */
export class TextCollector {
  readonly slots: CollectedSlot[] = []
  readonly #path: string[] = []
  readonly #onChange: () => void
  readonly #numbered: boolean

  /**
   * `numbered`: members of lists are texts of their own; otherwise they continue each other, as the parts of streamed answers do,
   * whose places in their lists say nothing.
   */
  constructor(onChange: () => void, numbered: boolean) {
    this.#onChange = onChange
    this.#numbered = numbered
  }

  /** The string at `key`, if it is one. */
  add(holder: Container, key: string, owner: TextOwner): void {
    const text = (holder as Record<string, unknown>)[key]
    if (typeof text !== 'string') return
    this.addSlot(owner, text, (replacement) => {
      ;(holder as Record<string, unknown>)[key] = replacement
    })
  }

  /** Every string within `value`, a container; their channels are that of the owner and the names of the fields on the way. */
  addAll(value: unknown, owner: TextOwner): void {
    this.#addAll(value, owner, false)
  }

  /** Every string within the members of a list that are parts of one text. */
  addParts(parts: unknown[], owner: TextOwner): void {
    for (const key of Object.keys(parts)) {
      if (typeof parts[Number(key)] === 'string') this.add(parts, key, owner)
      else this.addAll(parts[Number(key)], owner)
    }
  }

  /** Every string within `value`, whatever the fields on the way are called. */
  addFreeForm(value: unknown, owner: TextOwner): void {
    this.#addAll(value, owner, true)
  }

  /** The string at `key`, or every string within the container there. */
  addMember(holder: Container, key: string, owner: TextOwner): void {
    this.#addMember(holder, key, owner, false)
  }

  #addAll(value: unknown, owner: TextOwner, isFreeForm: boolean): void {
    if (typeof value !== 'object' || value === null) return
    for (const key of Object.keys(value)) {
      this.#addMember(value as Container, key, owner, isFreeForm)
    }
  }

  #addMember(holder: Container, key: string, owner: TextOwner, isFreeForm: boolean): void {
    this.#path.push(key)
    const value = (holder as Record<string, unknown>)[key]
    const isNamed = !isFreeForm && !Array.isArray(holder)
    if (typeof value === 'string') {
      if (!(isNamed && isOpaque(key, value)))
        this.add(holder, key, this.#ownerOf(holder, key, owner))
    } else if (!(isNamed && textlessKeys.has(key))) {
      const within = isFreeForm || (isNamed && freeFormKeys.has(key))
      this.#addAll(value, this.#ownerOf(holder, key, owner), within)
    }
    this.#path.pop()
  }

  /** The text of a part, and what stands in a list that is not numbered, belongs to what surrounds it. */
  #ownerOf(holder: Container, key: string, { channel, role }: TextOwner): TextOwner {
    const isTransparent = Array.isArray(holder) ? !this.#numbered : key === 'text'
    return isTransparent ? { channel, role } : { channel: `${channel} ${key}`, role }
  }

  /** The strings in the JSON text at `key`, which are the arguments of a tool call; returns the channels that end. */
  addArguments(
    holder: Record<string, unknown>,
    key: string,
    { channel, role, decoder }: TextOwner & { readonly decoder: ArgumentDecoder },
  ): string[] {
    const fragment = holder[key]
    if (typeof fragment !== 'string') return []
    const { segments, ended, differs } = decoder.push(fragment)
    const write = () => {
      holder[key] = segments.map(({ source }) => source).join('')
    }
    for (const segment of segments) {
      if (segment.text === undefined) continue
      const owner = { channel: `${channel} ${segment.ordinal}`, role }
      this.addSlot(owner, segment.text, (replacement) => {
        segment.source = decoder.encode(replacement)
        write()
      })
    }
    if (differs) {
      write()
      this.#onChange()
    }
    return ended.map((ordinal) => `${channel} ${ordinal}`)
  }

  addSlot({ channel, role }: TextOwner, text: string, write: (replacement: string) => void): void {
    const replace = (replacement: string) => {
      write(replacement)
      this.#onChange()
    }
    this.slots.push({ channel, role, text, replace, path: [...this.#path] })
  }
}

const isOpaque = (key: string, value: string) =>
  opaqueKeys.has(key) || (addressKeys.has(key) && value.startsWith('data:'))
