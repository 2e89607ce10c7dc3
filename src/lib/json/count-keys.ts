/** How many keys a parsed value has, with everything in it. It must not nest so deeply that walking it fails. */
export function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  if (Array.isArray(value)) return value.reduce<number>(addKeys, 0)
  const parts = Object.values(value)
  return parts.reduce<number>(addKeys, parts.length)
}

const addKeys = (sum: number, part: unknown) => sum + countKeys(part)
