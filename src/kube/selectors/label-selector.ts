/** Whether an object with these labels is selected. */
export type LabelSelector = (labels: Readonly<Record<string, string>>) => boolean

/** A selector that cannot be read; the message says why. */
export class SelectorSyntaxError extends Error {}

interface Cursor {
  readonly text: string
  readonly tokens: readonly string[]
  position: number
}

const tokenPattern = /\s*(==|!=|[=!<>(),]|[^\s=!<>(),]+)/gy
const keyPattern =
  /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const valuePattern = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/

/** Reads what kubectl's `-l` takes: `app=a,tier!=b,zone in (x, y),!old,size>3`. */
export function parseLabelSelector(text: string): LabelSelector {
  const tokens = [...text.matchAll(tokenPattern)].map((match) => match[1] ?? '')
  const cursor: Cursor = { text, tokens, position: 0 }
  const requirements: LabelSelector[] = []
  while (cursor.position < tokens.length) {
    requirements.push(parseRequirement(cursor))
    const separator = next(cursor)
    if (separator !== undefined && separator !== ',') throw unexpected(cursor, separator, `','`)
    if (separator === ',' && cursor.position === tokens.length) {
      throw unexpected(cursor, undefined, 'a key')
    }
  }
  return (labels) => requirements.every((matches) => matches(labels))
}

function parseRequirement(cursor: Cursor): LabelSelector {
  const first = next(cursor)
  if (first === '!') {
    const key = parseKey(cursor, next(cursor))
    return (labels) => !Object.hasOwn(labels, key)
  }
  const key = parseKey(cursor, first)
  const operator = cursor.tokens[cursor.position]
  if (operator === undefined || operator === ',') return (labels) => Object.hasOwn(labels, key)
  cursor.position += 1
  return parseComparison(cursor, key, operator)
}

function parseComparison(cursor: Cursor, key: string, operator: string): LabelSelector {
  const findValue = (labels: Readonly<Record<string, string>>) =>
    Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (operator) {
    case '=':
    case '==': {
      const value = parseValue(cursor)
      return (labels) => findValue(labels) === value
    }
    case '!=': {
      const value = parseValue(cursor)
      return (labels) => findValue(labels) !== value
    }
    case 'in':
    case 'notin': {
      const values = parseValues(cursor)
      const wanted = operator === 'in'
      return (labels) => {
        const value = findValue(labels)
        return value === undefined ? !wanted : values.has(value) === wanted
      }
    }
    case '<':
    case '>': {
      const bound = parseInteger(cursor)
      return (labels) => {
        const value = findValue(labels) ?? ''
        if (!/^-?\d+$/.test(value)) return false
        return operator === '<' ? BigInt(value) < bound : BigInt(value) > bound
      }
    }
    default:
      throw unexpected(
        cursor,
        operator,
        `one of '!', ',', '=', '==', '!=', 'in', 'notin', '<', '>'`,
      )
  }
}

function parseKey(cursor: Cursor, token: string | undefined): string {
  if (token === undefined || !keyPattern.test(token)) throw unexpected(cursor, token, 'a label key')
  return token
}

function parseValue(cursor: Cursor): string {
  const token = cursor.tokens[cursor.position]
  if (token === undefined || token === ',') return ''
  cursor.position += 1
  if (!valuePattern.test(token)) throw unexpected(cursor, token, 'a label value')
  return token
}

function parseInteger(cursor: Cursor): bigint {
  const token = next(cursor)
  if (token === undefined || !/^-?\d+$/.test(token)) throw unexpected(cursor, token, 'an integer')
  return BigInt(token)
}

function parseValues(cursor: Cursor): ReadonlySet<string> {
  const open = next(cursor)
  if (open !== '(') throw unexpected(cursor, open, `'('`)
  const values = new Set<string>()
  for (;;) {
    const token = cursor.tokens[cursor.position]
    if (token === ',' || token === ')') values.add('')
    else values.add(parseValue(cursor))
    const separator = next(cursor)
    if (separator === ')') return values
    if (separator !== ',') throw unexpected(cursor, separator, `',' or ')'`)
  }
}

function next(cursor: Cursor): string | undefined {
  const token = cursor.tokens[cursor.position]
  cursor.position += 1
  return token
}

function unexpected(cursor: Cursor, token: string | undefined, expected: string) {
  const found = token === undefined ? 'the end' : `'${token}'`
  return new SelectorSyntaxError(
    `unable to parse requirement: found ${found}, expected: ${expected} in "${cursor.text}"`,
  )
}
