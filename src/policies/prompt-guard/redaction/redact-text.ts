import type { TextSlot } from '../../../llm/text-slot.ts'
import type { Searches } from './compile-searches.ts'
import type { MaskStyle } from './mask.ts'
import { TextRedactor } from './text-redactor.ts'
import { TextScanner } from './text-scanner.ts'

/** Masks a text that is there as a whole. */
export function redactText(searches: Searches, style: MaskStyle, text: string): string {
  const redactor = createRedactor(searches, style)
  return redactor.push(text, 0) + redactor.end()
}

/** Masks the texts of a whole message; slots that share a channel hold one text. Returns how many stretches it masked. */
export function redactSlots(
  searches: Searches,
  style: MaskStyle,
  slots: readonly TextSlot[],
): number {
  let masked = 0
  for (const pieces of byChannel(slots)) {
    const redactor = createRedactor(searches, style)
    const texts = pieces.map(({ text }) => redactor.push(text, 0))
    texts.push((texts.pop() ?? '') + redactor.end())
    if (redactor.counts.masked === 0) continue
    masked += redactor.counts.masked
    for (const [index, piece] of pieces.entries()) {
      if (texts[index] !== piece.text) piece.replace(texts[index] ?? '')
    }
  }
  return masked
}

/** Whether there is anything in the texts of a whole message that must not pass. */
export function findsAnything(searches: Searches, slots: readonly TextSlot[]): boolean {
  return byChannel(slots).some((pieces) => {
    const scanner = new TextScanner(searches)
    for (const { text } of pieces) {
      scanner.push(text)
      if (scanner.spans.length > 0) return true
    }
    scanner.finish()
    return scanner.spans.length > 0
  })
}

function createRedactor(searches: Searches, style: MaskStyle): TextRedactor {
  return new TextRedactor(searches, {
    style,
    maxHeldBytes: Number.POSITIVE_INFINITY,
    maxHeldMs: Number.POSITIVE_INFINITY,
    onOverflow: 'mask',
  })
}

function byChannel(slots: readonly TextSlot[]): (readonly TextSlot[])[] {
  return [...Map.groupBy(slots, ({ channel }) => channel).values()]
}
