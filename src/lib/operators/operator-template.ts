/** One operator as it stands in a template. */
export interface TemplateOperator {
  /** With its percent signs. */
  readonly text: string
  readonly name: string
  readonly argument: string | undefined
  /** Characters after which the value is cut; undefined: nowhere. */
  readonly length: number | undefined
}

// `%%`, `%NAME%`, `%NAME(arguments)%`, `%NAME(arguments):length%`.
const operatorPattern = /%%|%([A-Z0-9_]+)(?:\((.*?)\))?(?::(\d+))?%/g

/**
 * The texts and operators of a template with Envoy's substitutions
 * (https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#command-operators), in order; an error
 * where a percent sign begins no operator.
 */
export function parseTemplate(
  source: string,
): readonly (string | TemplateOperator)[] | { readonly error: string } {
  const parts: (string | TemplateOperator)[] = []
  let position = 0
  for (const match of source.matchAll(operatorPattern)) {
    const literal = source.slice(position, match.index)
    if (literal.includes('%')) return strayPercent(source)
    position = match.index + match[0].length
    const [text, name = '', argument, length] = match
    const cut = length === undefined ? undefined : Number(length)
    parts.push(literal, text === '%%' ? '%' : { text, name, argument, length: cut })
  }
  const rest = source.slice(position)
  if (rest.includes('%')) return strayPercent(source)
  return [...parts, rest].filter((part) => part !== '')
}

const strayPercent = (source: string) => ({
  error: `"${source}" holds a "%" that begins no operator; write "%%" for a percent sign`,
})

/** The keys of an argument in both spellings, `namespace:key:key` and `["namespace", "key"]`; undefined: it holds none. */
export function parseKeys(argument = ''): readonly string[] | undefined {
  const keys = argument.startsWith('[') ? parseList(argument) : argument.split(':')
  return keys !== undefined && keys.length > 0 && keys.every((key) => key !== '') ? keys : undefined
}

function parseList(source: string): readonly string[] | undefined {
  try {
    const keys: unknown = JSON.parse(source)
    return Array.isArray(keys) && keys.every((key) => typeof key === 'string') ? keys : undefined
  } catch {
    return undefined
  }
}
