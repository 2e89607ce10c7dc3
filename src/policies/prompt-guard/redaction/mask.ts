import { type Span, winnerOf } from './span.ts'

export type MaskStyle = 'label' | 'characters'

/** What a masked stretch of text is made of. */
export interface Masked {
  readonly text: string
  /** Position of the text's first character. */
  readonly start: number
  /** Spans that overlap and together cover the text. */
  readonly spans: readonly Span[]
}

/** What stands in place of a text that spans cover. */
export function mask(style: MaskStyle, masked: Masked): string {
  return style === 'label' ? labelOf(masked.spans) : crossOut(masked)
}

export function labelOf(spans: readonly Span[]): string {
  return `<${winnerOf(spans)?.label ?? 'CUSTOM'}>`
}

const separator = /[\s.-]/

/** The first three quarters of each span, rounded up, become `X`; separators stay. */
function crossOut({ text, start, spans }: Masked): string {
  const units = text.split('')
  for (const span of spans) {
    const from = span.maskStart - start
    const characters = [...text.slice(Math.max(from, 0), span.maskEnd - start)]
    let index = Math.max(from, 0)
    for (const character of characters.slice(0, Math.ceil(characters.length * 0.75))) {
      units[index] = separator.test(character) ? character : 'X'
      if (character.length > 1) units[index + 1] = ''
      index += character.length
    }
  }
  return units.join('')
}

/** All of `text` in the style of {@link MaskStyle} `characters`. */
export function crossOutAll(text: string): string {
  return Array.from(text, (character) => (separator.test(character) ? character : 'X')).join('')
}
