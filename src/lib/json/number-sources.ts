/** How numbers of a parsed value were written, where JavaScript would write them otherwise. */
const sources = new WeakMap<object, Map<string, string>>()

/** Parses JSON and remembers how its unusual numbers are written, for whoever encodes the value again. */
export function parseWithNumberSources(text: string): unknown {
  return (JSON.parse as ParseWithSource)(text, function (key, value, context) {
    if (typeof value === 'number' && String(value) !== context.source) {
      remember(this, key, context.source)
    }
    return value
  })
}

/** What a reviver is given since ECMAScript 2025. */
type ParseWithSource = (
  text: string,
  reviver: (this: object, key: string, value: unknown, context: { source: string }) => unknown,
) => unknown

function remember(holder: object, key: string, source: string): void {
  const known = sources.get(holder)
  if (known) known.set(key, source)
  else sources.set(holder, new Map([[key, source]]))
}

/** How the unusual numbers of an object or array are written, by key; undefined: it has none. */
export function numberSourcesOf(holder: object): ReadonlyMap<string, string> | undefined {
  return sources.get(holder)
}
