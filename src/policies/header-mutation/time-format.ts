import type { TemplateError } from './template.ts'

type FormatTime = (timeMs: number) => string
type FormatPart = (date: Date) => string

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
]
const twoDigits = (value: number) => String(value).padStart(2, '0')
const dayOfYear = (date: Date) =>
  (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) -
    Date.UTC(date.getUTCFullYear(), 0, 0)) /
  86_400_000
const dayName = (date: Date) => days[date.getUTCDay()] ?? ''
const monthName = (date: Date) => months[date.getUTCMonth()] ?? ''

/** The conversions of strftime that have a meaning in UTC without a locale. */
const partByLetter: Readonly<Record<string, FormatPart>> = {
  '%': () => '%',
  a: (date) => dayName(date).slice(0, 3),
  A: dayName,
  b: (date) => monthName(date).slice(0, 3),
  B: monthName,
  d: (date) => twoDigits(date.getUTCDate()),
  D: (date) =>
    `${twoDigits(date.getUTCMonth() + 1)}/${twoDigits(date.getUTCDate())}/${twoDigits(date.getUTCFullYear() % 100)}`,
  e: (date) => String(date.getUTCDate()).padStart(2, ' '),
  F: (date) => date.toISOString().slice(0, 10),
  H: (date) => twoDigits(date.getUTCHours()),
  I: (date) => twoDigits(date.getUTCHours() % 12 || 12),
  j: (date) => String(dayOfYear(date)).padStart(3, '0'),
  m: (date) => twoDigits(date.getUTCMonth() + 1),
  M: (date) => twoDigits(date.getUTCMinutes()),
  p: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  R: (date) => date.toISOString().slice(11, 16),
  s: (date) => String(Math.floor(date.getTime() / 1000)),
  S: (date) => twoDigits(date.getUTCSeconds()),
  T: (date) => date.toISOString().slice(11, 19),
  u: (date) => String(date.getUTCDay() || 7),
  y: (date) => twoDigits(date.getUTCFullYear() % 100),
  Y: (date) => String(date.getUTCFullYear()),
  z: () => '+0000',
  Z: () => 'UTC',
}

/** Compiles a strftime format with Envoy's `%f` and `%3f` for fractions; without one, ISO 8601. */
export function compileTimeFormat(format: string | undefined): FormatTime | TemplateError {
  if (format === undefined || format === '') return (timeMs) => new Date(timeMs).toISOString()
  const parts: FormatPart[] = []
  for (const [token] of format.matchAll(/%\d?.?|[^%]+/gs)) {
    const part = token.startsWith('%') ? partOf(token) : () => token
    if (part === undefined) {
      return {
        type: 'template-error',
        message: `"${token}" in the time format "${format}" is not known`,
      }
    }
    parts.push(part)
  }
  return (timeMs) => {
    const date = new Date(timeMs)
    return parts.map((part) => part(date)).join('')
  }
}

function partOf(token: string): FormatPart | undefined {
  const fraction = /^%([1-9]?)f$/.exec(token)
  if (fraction !== null) {
    const digits = Number(fraction[1] || 9)
    return (date) => `${String(date.getUTCMilliseconds()).padStart(3, '0')}000000`.slice(0, digits)
  }
  const letter = token.slice(1)
  return Object.hasOwn(partByLetter, letter) ? partByLetter[letter] : undefined
}
