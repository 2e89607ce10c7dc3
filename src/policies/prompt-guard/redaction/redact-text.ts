import type { Searches } from './compile-searches.ts'
import type { MaskStyle } from './mask.ts'
import { TextRedactor } from './text-redactor.ts'
import { TextScanner } from './text-scanner.ts'

/** Masks a text that is there as a whole. */
export function redactText(
  searches: Searches,
  style: MaskStyle,
  text: string,
): { readonly text: string; readonly masked: number } {
  const redactor = new TextRedactor(searches, {
    style,
    maxHeldBytes: Number.POSITIVE_INFINITY,
    maxHeldMs: Number.POSITIVE_INFINITY,
    onOverflow: 'mask',
  })
  const redacted = redactor.push(text, 0) + redactor.end()
  return { text: redacted, masked: redactor.counts.masked }
}

/** Whether there is anything in `text` that must not pass. */
export function findsAnything(searches: Searches, text: string): boolean {
  const scanner = new TextScanner(searches)
  scanner.push(text)
  if (scanner.spans.length > 0) return true
  scanner.finish()
  return scanner.spans.length > 0
}
