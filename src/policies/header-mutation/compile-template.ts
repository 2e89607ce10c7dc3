import { parseTemplate } from '../../lib/operators/operator-template.ts'
import { createOperator } from './operators.ts'
import type { Template, TemplateError } from './template.ts'

/**
 * Compiles a value with Envoy's substitution operators
 * (https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#custom-request-response-headers).
 * A value without operators is the text itself.
 */
export function compileTemplate(
  source: string,
  direction: 'request' | 'response',
): string | Template | TemplateError {
  const parsed = parseTemplate(source)
  if ('error' in parsed) return { type: 'template-error', message: parsed.error }
  const parts: (string | Template)[] = []
  for (const part of parsed) {
    if (typeof part === 'string') {
      parts.push(part)
      continue
    }
    const { text, name, argument, length } = part
    const operator = createOperator({ text, name, argument, direction })
    if (typeof operator === 'object') return operator
    parts.push(length === undefined ? operator : truncated(operator, length))
  }
  return join(parts)
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
