import type { JsonPart } from './json-part.ts'

/** What a format does with a message that it does not know: it may pass a guard only if it holds no text. */
export function takeUnknown(json: Record<string, unknown>, part: JsonPart): void {
  part.repeated.addAll(json, { channel: 'answer', role: undefined })
  if (part.repeats.length > 0) part.known = false
}
