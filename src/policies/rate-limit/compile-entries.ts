import type { DescriptorEntry, HeaderCondition } from '../../ir/policies/rate-limit.ts'
import { compileRegex } from '../../lib/regex/regex.ts'
import { metadataValue } from '../metadata-value.ts'
import type { RequestContext } from '../policy.ts'
import { headerValue } from './request-values.ts'

/** An entry of a descriptor as a request has it. */
export interface Entry {
  readonly key: string
  readonly value: string
}

/** Makes the entries of a descriptor; undefined: the request lacks one of them. */
export type EntryList = (context: RequestContext) => readonly Entry[] | undefined

type ValueSource = (context: RequestContext) => string | undefined

/** Something in a policy that cannot be compiled. */
export interface EntryError {
  readonly type: 'entry-error'
  readonly message: string
}

const isEntryError = (value: object): value is EntryError => 'type' in value

/** Compiles the entries of a descriptor. */
export function compileEntries(entries: readonly DescriptorEntry[]): EntryList | EntryError {
  const sources: { readonly key: string; readonly source: ValueSource }[] = []
  for (const entry of entries) {
    const source = compileValue(entry)
    if (typeof source !== 'function') return source
    sources.push({ key: entry.key, source })
  }
  return (context) => {
    const made: Entry[] = []
    for (const { key, source } of sources) {
      const value = source(context)
      if (value === undefined) return undefined
      made.push({ key, value })
    }
    return made
  }
}

function compileValue(entry: DescriptorEntry): ValueSource | EntryError {
  switch (entry.type) {
    case 'literal':
      return () => entry.value
    case 'header':
      return (context) => headerValue(context, entry.header)
    case 'client-address':
      return (context) => context.clientAddress
    case 'metadata':
      return (context) => textOf(metadataValue(context, entry.path)) ?? entry.fallback
    case 'header-match':
      return compileHeaderMatch(entry)
  }
}

/** Numbers and booleans count as their text; lists and objects are no value. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

function compileHeaderMatch({
  value,
  expected,
  conditions,
}: Extract<DescriptorEntry, { type: 'header-match' }>): ValueSource | EntryError {
  const checks: ((context: RequestContext) => boolean)[] = []
  for (const condition of conditions) {
    const test = compileTest(condition.test)
    if (isEntryError(test)) return test
    const { name, inverted } = condition
    checks.push((context) => {
      const header = headerValue(context, name)
      return (header !== undefined && test(header)) !== inverted
    })
  }
  return (context) => (checks.every((holds) => holds(context)) === expected ? value : undefined)
}

function compileTest(test: HeaderCondition['test']): ((value: string) => boolean) | EntryError {
  switch (test.type) {
    case 'present':
      return () => true
    case 'exact':
      return (value) => value === test.value
    case 'prefix':
      return (value) => value.startsWith(test.value)
    case 'suffix':
      return (value) => value.endsWith(test.value)
    case 'range':
      return (value) =>
        /^[+-]?\d{1,15}$/.test(value) && Number(value) >= test.start && Number(value) < test.end
    case 'regex': {
      const regex = compileRegex(test.pattern)
      if ('type' in regex) return { type: 'entry-error', message: regex.message }
      return (value) => regex.matches(value)
    }
  }
}
