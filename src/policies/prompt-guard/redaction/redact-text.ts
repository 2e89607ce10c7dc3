import type { TextSlot } from '../../../llm/text-slot.ts'
import type { Searches } from './compile-searches.ts'
import { inSteps } from './in-steps.ts'
import type { MaskStyle } from './mask.ts'
import { TextRedactor } from './text-redactor.ts'
import { TextScanner } from './text-scanner.ts'

// Of ordinary text a slice takes about 0.3 ms, of the worst about 10 ms.
const sliceLength = 8_192

/** Masks a text that is there as a whole. */
export function redactText(searches: Searches, style: MaskStyle, text: string): string {
  const redactor = createRedactor(searches, style)
  return redactor.push(text, 0) + redactor.end()
}

/**
 * Masks the texts of a whole message; slots that share a channel hold one text. Returns how many stretches it masked; lets
 * others work in between where the texts are long.
 */
export function redactSlots(
  searches: Searches,
  style: MaskStyle,
  slots: readonly TextSlot[],
): number | Promise<number> {
  return inSteps(redact(searches, style, slots))
}

/** Whether there is anything in the texts of a whole message that must not pass. */
export function findsAnything(
  searches: Searches,
  slots: readonly TextSlot[],
): boolean | Promise<boolean> {
  return inSteps(find(searches, slots))
}

function* redact(searches: Searches, style: MaskStyle, slots: readonly TextSlot[]) {
  let masked = 0
  for (const pieces of byChannel(slots)) {
    const redactor = createRedactor(searches, style)
    const texts: string[] = []
    for (const { text } of pieces) {
      let output = ''
      for (const slice of slicesOf(text)) {
        output += redactor.push(slice, 0)
        yield slice.length
      }
      texts.push(output)
    }
    texts.push((texts.pop() ?? '') + redactor.end())
    if (redactor.counts.masked === 0) continue
    masked += redactor.counts.masked
    for (const [index, piece] of pieces.entries()) {
      if (texts[index] !== piece.text) piece.replace(texts[index] ?? '')
    }
  }
  return masked
}

function* find(searches: Searches, slots: readonly TextSlot[]) {
  for (const pieces of byChannel(slots)) {
    const scanner = new TextScanner(searches)
    for (const slice of pieces.flatMap(({ text }) => [...slicesOf(text)])) {
      scanner.push(slice)
      if (scanner.spans.length > 0) return true
      scanner.forget(scanner.undecidedFrom)
      yield slice.length
    }
    scanner.finish()
    if (scanner.spans.length > 0) return true
  }
  return false
}

function* slicesOf(text: string): Generator<string> {
  for (let index = 0; index < text.length; index += sliceLength) {
    yield text.slice(index, index + sliceLength)
  }
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
