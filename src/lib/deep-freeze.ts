/** Freezes a value of JSON shape with everything in it. Parts that are frozen already are taken as frozen through. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  if (Array.isArray(value)) for (const part of value) deepFreeze(part)
  else for (const name in value) deepFreeze(value[name])
  return value
}
