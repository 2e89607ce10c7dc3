import { createOperator } from './operators.ts'
import type { Template, TemplateError } from './template.ts'

// `%%`, `%NAME%`, `%NAME(arguments)%`, `%NAME(arguments):length%`.
const operatorPattern = /%%|%([A-Z0-9_]+)(?:\((.*?)\))?(?::(\d+))?%/g

/**
 * Compiles a value with Envoy's substitution operators
 * (https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#custom-request-response-headers).
 * A value without operators is the text itself.
 */
export function compileTemplate(
  source: string,
  direction: 'request' | 'response',
): string | Template | TemplateError {
  const parts: (string | Template)[] = []
  let position = 0
  for (const match of source.matchAll(operatorPattern)) {
    const literal = source.slice(position, match.index)
    if (literal.includes('%')) return strayPercent(source)
    position = match.index + match[0].length
    parts.push(literal)
    if (match[0] === '%%') {
      parts.push('%')
      continue
    }
    const [text, name = '', argument, length] = match
    const operator = createOperator({ text, name, argument, direction })
    if (typeof operator === 'object') return operator
    parts.push(length === undefined ? operator : truncated(operator, Number(length)))
  }
  const rest = source.slice(position)
  if (rest.includes('%')) return strayPercent(source)
  return join([...parts, rest])
}

function strayPercent(source: string): TemplateError {
  return {
    type: 'template-error',
    message: `"${source}" holds a "%" that begins no operator; write "%%" for a percent sign`,
  }
}

function truncated(operator: string | Template, length: number): string | Template {
  if (typeof operator === 'string') return operator.slice(0, length)
  return (input) => operator(input).slice(0, length)
}

/** Joins neighbouring texts now, so that a request joins as little as possible. */
function join(parts: readonly (string | Template)[]): string | Template {
  const joined: (string | Template)[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (typeof part === 'string' && typeof last === 'string')
      joined[joined.length - 1] = last + part
    else if (part !== '') joined.push(part)
  }
  const [only = ''] = joined
  if (joined.length < 2) return only
  return (input) => {
    let text = ''
    for (const part of joined) text += typeof part === 'string' ? part : part(input)
    return text
  }
}
