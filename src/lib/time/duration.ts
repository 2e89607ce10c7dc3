const unitMs: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
  us: 0.001,
  µs: 0.001,
  μs: 0.001,
  ns: 0.000_001,
}
const wholePattern = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ms|us|µs|μs|ns|h|m|s))+$/
const partPattern = /(\d+\.?\d*|\.\d+)(ms|us|µs|μs|ns|h|m|s)/g

/**
 * Reads a duration as Go (https://pkg.go.dev/time#ParseDuration) and protobuf's JSON form write it, such as `15s`,
 * `1m30s` or `0.5s`, in milliseconds with their fraction. Undefined: not a duration.
 */
export function parseDuration(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0
  if (!wholePattern.test(text)) return undefined
  let milliseconds = 0
  for (const [, amount = '', unit = ''] of text.matchAll(partPattern)) {
    milliseconds += Number(amount) * (unitMs[unit] ?? 0)
  }
  // Binary fractions would otherwise show up in the last digits of sums such as 0.1s + 0.2s.
  const rounded = Math.round(milliseconds * 1e6) / 1e6
  return text.startsWith('-') ? -rounded : rounded
}
