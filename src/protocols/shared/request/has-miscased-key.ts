/**
 * Whether some field is one of `names` but for upper and lower case, which some providers do not tell apart: a guard would look
 * past what such a provider reads.
 */
export function hasMiscasedKey(json: Record<string, unknown>, names: readonly string[]): boolean {
  const known = new Set(names)
  const folded = new Set(names.map(fold))
  return Object.keys(json).some((key) => !known.has(key) && folded.has(fold(key)))
}

/** By way of upper case, as Go compares keys: `\u017f` is an s and `\u212a` a k. */
const fold = (text: string) => text.toUpperCase().toLowerCase()
