import type { Origin } from '../../ir/origin.ts'

const texts = new WeakMap<Origin, string>()

/** `Kind namespace/name fieldPath`, made once for all requests of a route: to join and compare it took 0.1 µs for each. */
export function originTextOf(origin: Origin): string {
  const known = texts.get(origin)
  if (known !== undefined) return known
  const text = `${origin.kind} ${origin.namespace}/${origin.name} ${origin.fieldPath}`
  texts.set(origin, text)
  return text
}
