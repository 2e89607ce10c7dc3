/** How deeply JSON from outside may nest; deeper ones would exhaust the stack of whoever walks them. */
export const maxJsonDepth = 200

/**
 * The paths of the fields that stand more than once in their object, such as `spec.replicas`, in a text that
 * `JSON.parse` accepts (which keeps the last one and says nothing). Throws a RangeError when it nests too deeply.
 */
export function findDuplicateFields(json: string): readonly string[] {
  const duplicates = new Set<string>()
  const open: Container[] = []
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]/g
  for (let match = token.exec(json); match !== null; match = token.exec(json)) {
    takeToken(match[0], open, duplicates)
  }
  return [...duplicates]
}

function takeToken(token: string, open: Container[], duplicates: Set<string>): void {
  const container = open.at(-1)
  if (token === '{' || token === '[') {
    if (open.length >= maxJsonDepth) throw new RangeError(depthMessage)
    const keys = token === '{' ? new Set<string>() : undefined
    open.push({ path: valuePath(container), keys, index: 0, key: '', awaitsKey: true })
  } else if (token === '}' || token === ']') {
    open.pop()
  } else if (token === ',') {
    if (container) nextMember(container)
  } else if (container?.keys && container.awaitsKey) {
    noteKey(container, JSON.parse(token) as string, duplicates)
  }
}

/** Says what a body that nests too deeply is refused with. */
export const depthMessage = `the body nests deeper than ${maxJsonDepth} levels`

interface Container {
  readonly path: string
  /** Undefined in arrays. */
  readonly keys: Set<string> | undefined
  index: number
  key: string
  awaitsKey: boolean
}

function nextMember(container: Container): void {
  container.index += 1
  container.awaitsKey = true
}

function noteKey(container: Container, key: string, duplicates: Set<string>): void {
  container.key = key
  container.awaitsKey = false
  if (container.keys?.has(key)) duplicates.add(valuePath(container))
  container.keys?.add(key)
}

function valuePath(container: Container | undefined): string {
  if (!container) return ''
  const { path, keys, index, key } = container
  if (!keys) return `${path}[${index}]`
  return path === '' ? key : `${path}.${key}`
}
