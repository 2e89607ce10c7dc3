/** How many keys a parsed value has, with everything in it. It must not nest so deeply that walking it fails. */
export function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) {
    for (const part of value) count += countKeys(part)
    return count
  }
  for (const name in value) count += 1 + countKeys((value as Record<string, unknown>)[name])
  return count
}
