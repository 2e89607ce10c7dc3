import { encodeJson } from '../../../lib/json/encode-json.ts'
import { parseJson } from '../../../lib/json/parse-json.ts'
import type { TextSlot } from '../../../llm/text-slot.ts'
import { asRecord } from '../json-value.ts'
import { ArgumentDecoder } from '../tool-arguments/argument-decoder.ts'
import { freeFormKeys, isOpaque, schemaKeywords, textlessKeys } from './opaque-fields.ts'
import { RenamedKeys } from './renamed-keys.ts'

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

type Json = Record<string, unknown>

type Container = Json | unknown[]

/** Collects the texts of a JSON message as slots that write into it. */
export class TextCollector {
  readonly slots: CollectedSlot[] = []
  readonly #path: string[] = []
  readonly #keys = new RenamedKeys()
  readonly #onChange: () => void
  readonly #numbered: boolean
  readonly #withKeys: boolean

  /**
   * `withKeys`: names that are the caller's own, as of the parameters of tools, are texts too. `numbered`: members of lists are texts of their own, but for parts that have a text, which continue each other. Otherwise all
   * do, as in streamed answers, where a place in a list says nothing.
   */
  constructor(onChange: () => void, numbered: boolean, withKeys = false) {
    this.#onChange = onChange
    this.#numbered = numbered
    this.#withKeys = withKeys
  }

  /** The string at `key`, if it is one. */
  add(holder: Container, key: string, owner: TextOwner): void {
    const text = (holder as Json)[key]
    if (typeof text !== 'string') return
    this.addSlot(owner, text, (replacement) => {
      ;(holder as Json)[this.#keys.nowOf(holder, key)] = replacement
    })
  }

  /** Every string within `value`, a container; their channels are that of the owner and the names of the fields on the way. */
  addAll(value: unknown, owner: TextOwner): void {
    this.#addAll(value, owner, false)
  }

  /** Every string within `value`, whatever the fields on the way are called. */
  addFreeForm(value: unknown, owner: TextOwner): void {
    this.#addAll(value, owner, true)
  }

  /** The string at `key`, or every string within the container there. */
  addMember(holder: Container, key: string, owner: TextOwner): void {
    this.#addMember(holder, key, owner, false)
  }

  /** Every member but `known`, which is read on its own. */
  addOthers(holder: Json, known: string | undefined, owner: TextOwner): void {
    for (const key of Object.keys(holder)) if (key !== known) this.addMember(holder, key, owner)
  }

  /** Shows `each` object in the list at `key`; whatever else stands there, or in the place of the list, is text. */
  addRecords(
    holder: Json,
    key: string,
    owner: TextOwner,
    each: (record: Json, index: number) => void,
  ): void {
    const list = holder[key]
    if (!Array.isArray(list)) {
      this.addMember(holder, key, owner)
      return
    }
    for (let index = 0; index < list.length; index++) {
      const record = asRecord(list[index])
      if (record) each(record, index)
      else this.addMember(list, String(index), owner)
    }
  }

  #addAll(value: unknown, owner: TextOwner, isFreeForm: boolean): void {
    if (typeof value !== 'object' || value === null) return
    const hasOwnNames = isFreeForm && this.#withKeys && !Array.isArray(value)
    for (const key of Object.keys(value)) {
      if (hasOwnNames && !schemaKeywords.has(key)) this.#addKey(value as Json, key, owner)
      this.#addMember(value as Container, key, owner, isFreeForm)
    }
  }

  #addKey(holder: Json, key: string, { channel, role }: TextOwner): void {
    this.addSlot({ channel: `${channel} ${key} key`, role }, key, (replacement) =>
      this.#keys.rename(holder, key, replacement),
    )
  }

  #addMember(holder: Container, key: string, owner: TextOwner, isFreeForm: boolean): void {
    this.#path.push(key)
    const value = (holder as Json)[key]
    const isNamed = !isFreeForm && !Array.isArray(holder)
    if (typeof value === 'string') {
      if (!(isNamed && isOpaque(holder, key, value)))
        this.add(holder, key, this.#ownerOf(holder, key, owner))
    } else if (!(isNamed && textlessKeys.has(key))) {
      const within = isFreeForm || (isNamed && freeFormKeys.has(key))
      this.#addAll(value, this.#ownerOf(holder, key, owner), within)
    }
    this.#path.pop()
  }

  /** The text of a part belongs to what surrounds the part. */
  #ownerOf(holder: Container, key: string, { channel, role }: TextOwner): TextOwner {
    const isTransparent = Array.isArray(holder)
      ? !this.#numbered || hasText(holder[Number(key)])
      : key === 'text'
    return isTransparent ? { channel, role } : { channel: `${channel} ${key}`, role }
  }

  /** The strings in the JSON text at `key`, which are the arguments of a tool call; returns the channels that end. */
  addArguments(holder: Json, key: string, place: ArgumentPlace): string[] {
    const fragment = holder[key]
    if (typeof fragment !== 'string') return []
    return this.#addFragment(fragment, place, (text) => {
      holder[key] = text
    })
  }

  /** The strings in the JSON value at `key`, its keys among them, in the channels that its JSON text would have. */
  addJson(holder: Json, key: string, owner: TextOwner): void {
    const text = encodeJson(holder[key], { sortKeys: false })
    this.#addFragment(text, { ...owner, decoder: new ArgumentDecoder() }, (replacement) => {
      const parsed = parseJson(replacement)
      // Keys that have become alike are one.
      holder[key] = 'value' in parsed ? parsed.value : JSON.parse(replacement)
    })
  }

  #addFragment(text: string, place: ArgumentPlace, write: (text: string) => void): string[] {
    const { channel, role, decoder } = place
    const { segments, ended, differs } = decoder.push(text)
    const writeAll = () => write(segments.map(({ source }) => source).join(''))
    for (const segment of segments) {
      if (segment.text === undefined) continue
      const owner = { channel: `${channel} ${segment.ordinal}`, role }
      this.addSlot(owner, segment.text, (replacement) => {
        segment.source = decoder.encode(replacement)
        writeAll()
      })
    }
    if (differs) {
      writeAll()
      this.#onChange()
    }
    return ended.map((ordinal) => `${channel} ${ordinal}`)
  }

  addSlot({ channel, role }: TextOwner, text: string, write: (replacement: string) => void): void {
    const slot = {
      channel,
      role,
      text,
      path: [...this.#path],
      replace: (replacement: string) => {
        slot.text = replacement
        write(replacement)
        this.#onChange()
      },
    }
    this.slots.push(slot)
  }
}

/** Arguments of a tool call, and how far their text has come. */
export interface ArgumentPlace extends TextOwner {
  readonly decoder: ArgumentDecoder
}

const hasText = (part: unknown) => typeof asRecord(part)?.['text'] === 'string'
