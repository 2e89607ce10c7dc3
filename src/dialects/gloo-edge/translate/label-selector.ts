type Labels = Readonly<Record<string, string>>

/** One requirement as Gloo writes it. */
export interface LabelExpression {
  readonly key?: string
  readonly operator?: string
  readonly values?: readonly string[]
}

const integer = (text: string | undefined) =>
  text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined

function isGreater(left: string | undefined, right: string | undefined): boolean {
  const [a, b] = [integer(left), integer(right)]
  return a !== undefined && b !== undefined && a > b
}

/** How many values an operator takes, and whether a label's value satisfies them. */
const operators: Readonly<
  Record<
    string,
    {
      readonly values: 'none' | 'one' | 'some'
      readonly holds: (value: string | undefined, values: readonly string[]) => boolean
    }
  >
> = {
  Equals: { values: 'one', holds: (value, values) => value === values[0] },
  DoubleEquals: { values: 'one', holds: (value, values) => value === values[0] },
  NotEquals: { values: 'one', holds: (value, values) => value !== values[0] },
  In: { values: 'some', holds: (value, values) => value !== undefined && values.includes(value) },
  NotIn: {
    values: 'some',
    holds: (value, values) => value === undefined || !values.includes(value),
  },
  Exists: { values: 'none', holds: (value) => value !== undefined },
  DoesNotExist: { values: 'none', holds: (value) => value === undefined },
  GreaterThan: { values: 'one', holds: (value, values) => isGreater(value, values[0]) },
  LessThan: { values: 'one', holds: (value, values) => isGreater(values[0], value) },
}

/** What is wrong with an expression; undefined: nothing. */
export function findExpressionError(expression: LabelExpression): string | undefined {
  const { key = '', operator = 'Equals', values = [] } = expression
  const known = operators[operator]
  if (key === '') return 'an expression has no key'
  if (known === undefined) return `${operator} is not an operator`
  if (known.values === 'none' && values.length > 0) {
    return `the operator ${operator} of ${key} takes no values`
  }
  if (known.values === 'one' && values.length !== 1) {
    return `the operator ${operator} of ${key} takes exactly one value`
  }
  if (known.values === 'some' && values.length === 0) {
    return `the operator ${operator} of ${key} needs values`
  }
  if (operator.endsWith('Than') && integer(values[0]) === undefined) {
    return `the operator ${operator} of ${key} takes an integer`
  }
  return undefined
}

/** Whether all expressions hold; they must be free of errors. */
export const matchesExpressions = (labels: Labels, expressions: readonly LabelExpression[]) =>
  expressions.every(({ key = '', operator = 'Equals', values = [] }) =>
    operators[operator]?.holds(labels[key], values),
  )

/** Whether every wanted label stands with its value. */
export const matchesLabels = (labels: Labels, wanted: Labels) =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value)
