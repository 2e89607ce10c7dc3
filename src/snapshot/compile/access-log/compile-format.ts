import type { AccessLogFormat } from '../../../ir/access-log.ts'
import { parseTemplate } from '../../../lib/operators/operator-template.ts'
import { type LogEntry, LogError, type LogOperator } from './log-entry.ts'
import { createLogOperator } from './log-operators.ts'

type Part = string | LogOperator

/** Texts and operators in order; throws {@link LogError}. */
function compileParts(source: string): readonly Part[] {
  const parsed = parseTemplate(source)
  if ('error' in parsed) throw new LogError(parsed.error)
  return parsed.map((part): Part => {
    if (typeof part === 'string') return part
    const operator = createLogOperator(part.name, part.argument, part.text)
    return part.length === undefined ? operator : cut(operator, part.length)
  })
}

const cut =
  (operator: LogOperator, length: number): LogOperator =>
  (entry) => {
    const value = operator(entry)
    return typeof value === 'string' ? value.slice(0, length) : value
  }

/** A missing value is a dash; what is neither text nor number is JSON. */
function textOf(value: unknown): string {
  if (value === undefined || value === null || value === '') return '-'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const joined =
  (parts: readonly Part[]) =>
  (entry: LogEntry): string => {
    let text = ''
    for (const part of parts) text += typeof part === 'string' ? part : textOf(part(entry))
    return text
  }

/** What would end the line, or act on the terminal of a reader, which clients could send. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g

const escapeControl = (text: string) =>
  text.replace(control, (each) => `\\x${each.charCodeAt(0).toString(16).padStart(2, '0')}`)

/** In text, values end at the end of their line; line breaks of the template itself stay. */
function compileText(template: string): (entry: LogEntry) => string {
  const parts = compileParts(template).map((part): Part => {
    if (typeof part === 'string') return part
    return (entry) => escapeControl(textOf(part(entry)).replaceAll('\n', '\\n'))
  })
  const line = joined(parts)
  return template.endsWith('\n') ? line : (entry) => `${line(entry)}\n`
}

/** A value with its templates filled in. */
type Fill = (entry: LogEntry) => unknown

function compileValue(value: unknown): Fill {
  if (typeof value === 'string') return compileTextValue(value)
  if (Array.isArray(value)) {
    const items = value.map(compileValue)
    return (entry) => items.map((fill) => fill(entry))
  }
  if (typeof value !== 'object' || value === null) return () => value
  const fields = Object.entries(value).map(([name, inner]) => [name, compileValue(inner)] as const)
  return (entry) => Object.fromEntries(fields.map(([name, fill]) => [name, fill(entry)]))
}

function compileTextValue(template: string): Fill {
  const parts = compileParts(template)
  const [only] = parts
  if (parts.length === 1 && typeof only === 'function') return (entry) => only(entry) ?? null
  return parts.some((part) => typeof part === 'function') ? joined(parts) : () => parts.join('')
}

/** Makes lines, each with its line break; throws {@link LogError}. */
export function compileFormat(format: AccessLogFormat): (entry: LogEntry) => string {
  if (format.type === 'text') return compileText(format.template)
  const fill = compileValue(format.fields)
  return (entry) => `${JSON.stringify(fill(entry)).replace(control, unicodeEscape)}\n`
}

/** The serializer leaves these as they are; a terminal or a line reader may act on them. */
const unicodeEscape = (character: string) =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
