import type { LimitCounting, LimitUnit, ModelPrice } from '../../../../ir/policies/rate-limit.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'

/** Annotations of a RateLimitConfig under this prefix say what its limits count. */
const prefix = 'sluice.dev/'

/** What a call that names no limit of its own is told, unless the configuration says otherwise. */
const defaultOutputTokens = 4096

/** Tokens of what a request sends to a model, and requests elsewhere; never set aside. */
export const vendorCounting: LimitCounting = {
  unit: 'requests-or-input-tokens',
  reserve: false,
  defaultOutputTokens,
  prices: [],
}

const units: Readonly<Record<string, LimitUnit>> = {
  requests: 'requests',
  'input-tokens': 'input-tokens',
  'completion-tokens': 'output-tokens',
  'total-tokens': 'total-tokens',
  cost: 'cost',
}

const names = [
  ...[
    'count',
    'reserve',
    'default-max-tokens',
    'most-max-tokens',
    'prices',
    'attachment-tokens',
    'cut-streams',
    'input-factor',
  ],
] as const

/** Annotations by name without the prefix, as a flat list that compares by its items. */
export function countingAnnotations({ metadata }: KubeObject): readonly string[] {
  return Object.entries(metadata.annotations ?? {})
    .filter(([key]) => key.startsWith(prefix))
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([key, value]) => [key.slice(prefix.length), value])
}

/** Reads what {@link countingAnnotations} found; what is wrong with it is added to `errors`. */
export function translateCounting(annotations: readonly string[], errors: string[]): LimitCounting {
  const values = new Map<string, string>()
  for (let index = 0; index < annotations.length; index += 2) {
    values.set(annotations[index] ?? '', annotations[index + 1] ?? '')
  }
  const known: readonly string[] = names
  for (const name of values.keys()) {
    if (!known.includes(name)) {
      errors.push(`annotation ${prefix}${name} is not known; there are ${listOf(names)}`)
    }
  }
  const unit = unitOf(values.get('count'), errors)
  const isVendors = unit === 'requests-or-input-tokens'
  const reserve = flagOf(values.get('reserve'), unit, errors)
  const counting = {
    // What is set aside is a number of tokens: a route to elsewhere has none.
    unit: isVendors && reserve ? ('input-tokens' as const) : unit,
    reserve,
    defaultOutputTokens:
      tokensOf('default-max-tokens', values, errors) ?? vendorCounting.defaultOutputTokens,
    ...mostTokensOf(values, reserve, errors),
    ...attachmentsOf(values, errors),
    ...cutStreamsOf(values, reserve, errors),
    ...inputFactorOf(values.get('input-factor'), errors),
    prices: pricesOf(values.get('prices'), errors),
  }
  if (unit === 'cost' && counting.prices.length === 0) {
    errors.push(`${prefix}count: cost needs the annotation ${prefix}prices`)
  }
  if (unit !== 'cost' && values.has('prices')) {
    errors.push(`annotation ${prefix}prices needs ${prefix}count: cost`)
  }
  return counting
}

const listOf = (items: readonly string[]) => items.map((item) => `${prefix}${item}`).join(', ')

function unitOf(value: string | undefined, errors: string[]): LimitUnit {
  if (value === undefined) return vendorCounting.unit
  const unit = Object.hasOwn(units, value) ? units[value] : undefined
  if (unit !== undefined) return unit
  errors.push(`annotation ${prefix}count must be one of ${Object.keys(units).join(', ')}`)
  return vendorCounting.unit
}

function flagOf(value: string | undefined, unit: LimitUnit, errors: string[]): boolean {
  const isKnownLater = unit === 'output-tokens' || unit === 'total-tokens' || unit === 'cost'
  if (value === undefined) return isKnownLater
  if (value !== 'true' && value !== 'false') {
    errors.push(`annotation ${prefix}reserve must be "true" or "false"`)
  }
  if (value === 'true' && unit === 'requests') {
    errors.push(`annotation ${prefix}reserve has no meaning for requests: they are known at once`)
  }
  return value === 'true'
}

function tokensOf(
  name: string,
  values: ReadonlyMap<string, string>,
  errors: string[],
): number | undefined {
  const value = values.get(name)
  if (value === undefined) return undefined
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value)
  errors.push(`annotation ${prefix}${name} must be a whole number of at least 1`)
  return undefined
}

function mostTokensOf(values: ReadonlyMap<string, string>, reserve: boolean, errors: string[]) {
  const mostOutputTokens = tokensOf('most-max-tokens', values, errors)
  if (mostOutputTokens === undefined) return {}
  if (!reserve) {
    errors.push(`annotation ${prefix}most-max-tokens has no meaning where nothing is reserved`)
  }
  return { mostOutputTokens }
}

function attachmentsOf(values: ReadonlyMap<string, string>, errors: string[]) {
  const attachmentTokens = tokensOf('attachment-tokens', values, errors)
  return attachmentTokens === undefined ? {} : { attachmentTokens }
}

function cutStreamsOf(values: ReadonlyMap<string, string>, reserve: boolean, errors: string[]) {
  const value = values.get('cut-streams')
  if (value === undefined || value === 'reserved') return {}
  if (value !== 'counted') {
    errors.push(`annotation ${prefix}cut-streams must be reserved or counted`)
  } else if (!reserve) {
    errors.push(`annotation ${prefix}cut-streams has no meaning where nothing is reserved`)
  }
  return { cutStreams: 'counted' as const }
}

function inputFactorOf(value: string | undefined, errors: string[]) {
  if (value === undefined) return {}
  const inputFactor = /^\d{1,2}(\.\d{1,3})?$/.test(value) ? Number(value) : 0
  if (inputFactor < 1) errors.push(`annotation ${prefix}input-factor must be a number from 1 to 99`)
  return { inputFactor }
}

/** `MODEL=INPUT/OUTPUT` per million tokens, separated by commas. */
function pricesOf(value: string | undefined, errors: string[]): readonly ModelPrice[] {
  if (value === undefined) return []
  return value.split(',').flatMap((text) => {
    const match = /^\s*([^\s=,]+)\s*=\s*(\d+(?:\.\d+)?)\s*\/\s*(\d+(?:\.\d+)?)\s*$/.exec(text)
    if (match === null) {
      errors.push(
        `annotation ${prefix}prices: "${text.trim()}" must be MODEL=INPUT/OUTPUT, prices per million tokens`,
      )
      return []
    }
    const [, model = '', input, output] = match
    return [{ model, perMillionInputTokens: Number(input), perMillionOutputTokens: Number(output) }]
  })
}
