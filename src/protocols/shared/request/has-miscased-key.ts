/**
 * Whether some field is one of `names` but for upper and lower case, which some providers do not tell apart: a guard would look
 * past what such a provider reads.
 */
export function hasMiscasedKey(json: Record<string, unknown>, names: readonly string[]): boolean {
  return Object.keys(json).some((key) => {
    if (names.includes(key)) return false
    const lower = key.toLowerCase()
    return names.some((name) => name.toLowerCase() === lower)
  })
}
