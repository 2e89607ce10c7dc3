import { isRecord } from '../../lib/json/is-record.ts'
/** The part of kubectl's JSONPath that printer columns and scale paths use, compiled once. */
export interface JsonPath {
  readonly find: (value: unknown) => readonly unknown[]
}

type Step = (value: unknown) => readonly unknown[]

/**
 * Compiles a path such as `.spec.hosts[0].port` or `{.status.conditions[?(@.type=="Ready")].status}`
 * (https://kubernetes.io/docs/reference/kubectl/jsonpath/). Throws with the offending rest of the path.
 */
export function compileJsonPath(path: string): JsonPath {
  const trimmed = path.trim()
  let rest = trimmed.startsWith('{') && trimmed.endsWith('}') ? trimmed.slice(1, -1) : trimmed
  if (rest.startsWith('$')) rest = rest.slice(1)
  const steps: Step[] = []
  while (rest !== '' && rest !== '.') {
    const { step, length } = nextStep(rest)
    steps.push(step)
    rest = rest.slice(length)
  }
  return {
    find: (value) => steps.reduce((found, step) => found.flatMap(step), [value] as unknown[]),
  }
}

function nextStep(rest: string): { step: Step; length: number } {
  const name = /^\.?((?:\\.|[^.[\]\\{}\s=<>])+)/.exec(rest)
  if (rest.startsWith('.') && name?.[1] === '*') return { step: everyEntry, length: 2 }
  if (name?.[1] !== undefined) {
    return { step: entryOf(name[1].replaceAll(/\\(.)/g, '$1')), length: name[0].length }
  }
  const bracket = /^\.?\[((?:"[^"]*"|'[^']*'|[^\]"'])*)\]/.exec(rest)
  if (bracket?.[1] !== undefined) {
    return { step: bracketStep(bracket[1].trim()), length: bracket[0].length }
  }
  throw new Error(`the JSONPath cannot be read from "${rest}" on`)
}

function bracketStep(content: string): Step {
  if (content === '*') return everyEntry
  const quoted = /^(?:'([^']*)'|"([^"]*)")$/.exec(content)
  if (quoted) return entryOf(quoted[1] ?? quoted[2] ?? '')
  const slice = /^(-?\d*):(-?\d*)$/.exec(content)
  if (slice) return sliceOf(slice[1] ?? '', slice[2] ?? '')
  if (/^-?\d+$/.test(content)) {
    return (value) => (Array.isArray(value) ? present(value.at(Number(content))) : [])
  }
  const filter = /^\?\((.*)\)$/.exec(content)
  if (filter?.[1] !== undefined) return filterOf(filter[1])
  throw new Error(`the JSONPath has an unknown selector "[${content}]"`)
}

function filterOf(expression: string): Step {
  const comparison = /^\s*@(\S*?)\s*(==|!=|<=|>=|<|>)\s*(.+?)\s*$/.exec(expression)
  if (!comparison) {
    const existing = /^\s*@(\S+)\s*$/.exec(expression)
    if (existing?.[1] === undefined) throw new Error(`the filter "${expression}" cannot be read`)
    const path = compileJsonPath(existing[1])
    return (value) =>
      Array.isArray(value) ? value.filter((item) => path.find(item).length > 0) : []
  }
  const [, left = '', operator = '==', literal = ''] = comparison
  const path = compileJsonPath(left)
  const expected = literalOf(literal)
  return (value) =>
    Array.isArray(value)
      ? value.filter((item) => path.find(item).some((found) => compare(found, operator, expected)))
      : []
}

function literalOf(literal: string): unknown {
  const quoted = /^(?:'([^']*)'|"([^"]*)")$/.exec(literal)
  if (quoted) return quoted[1] ?? quoted[2]
  if (literal === 'true') return true
  if (literal === 'false') return false
  const number = Number(literal)
  if (Number.isNaN(number)) throw new Error(`"${literal}" is no JSONPath literal`)
  return number
}

function compare(found: unknown, operator: string, expected: unknown): boolean {
  if (operator === '==') return found === expected
  if (operator === '!=') return found !== expected
  if (typeof found !== typeof expected) return false
  const [left, right] = [found, expected] as [number, number]
  if (operator === '<') return left < right
  if (operator === '<=') return left <= right
  return operator === '>' ? left > right : left >= right
}

function sliceOf(start: string, end: string): Step {
  return (value) =>
    Array.isArray(value)
      ? value.slice(start === '' ? 0 : Number(start), end === '' ? undefined : Number(end))
      : []
}

function entryOf(name: string): Step {
  return (value) => (isRecord(value) && Object.hasOwn(value, name) ? present(value[name]) : [])
}

function everyEntry(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  return isRecord(value) ? Object.values(value) : []
}

function present(value: unknown): readonly unknown[] {
  return value === undefined || value === null ? [] : [value]
}
