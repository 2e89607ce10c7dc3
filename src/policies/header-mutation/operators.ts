import { isIPv6 } from 'node:net'
import { hostname } from 'node:os'
import { parseKeys } from '../../lib/operators/operator-template.ts'
import type { Template, TemplateError, TemplateInput } from './template.ts'
import { compileTimeFormat } from './time-format.ts'

/** One operator as it stands in a template. */
export interface OperatorSource {
  /** With its percent signs. */
  readonly text: string
  readonly name: string
  readonly argument: string | undefined
  readonly direction: 'request' | 'response'
}

type CreateOperator = (source: OperatorSource) => string | Template | TemplateError

const operators: Readonly<Record<string, CreateOperator>> = {
  DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: plain(({ context }) => context.clientAddress),
  DOWNSTREAM_REMOTE_ADDRESS: plain(({ context }) =>
    // The port of a client behind a proxy is unknown.
    withPort(
      context.clientAddress,
      context.clientAddress === context.peerAddress ? context.peerPort : 0,
    ),
  ),
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT: plain(({ context }) => context.peerAddress),
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS: plain(({ context }) =>
    withPort(context.peerAddress, context.peerPort),
  ),
  PROTOCOL: plain(({ context }) => context.protocol),
  HOSTNAME: (source) => (source.argument === undefined ? hostname() : withoutArgument(source)),
  START_TIME: ({ argument }) => {
    const format = compileTimeFormat(argument)
    return typeof format === 'object' ? format : ({ context }) => format(context.startTimeMs)
  },
  REQ: (source) =>
    headerOperator(source, (input, name) => {
      if (name.startsWith(':')) return pseudoHeader(input, name)
      return (input.attempt?.headers ?? input.context.headers).get(name)
    }),
  RESP: (source) =>
    responseOnly(source) ??
    headerOperator(source, (input, name) => input.response?.headers.get(name)),
  RESPONSE_CODE: (source) =>
    responseOnly(source) ?? plain(({ response }) => String(response?.status ?? ''))(source),
  DYNAMIC_METADATA: (source) => {
    const keys = keysOf(source)
    return 'type' in keys ? keys : ({ context }) => metadataAt(context.metadata, keys)
  },
  // Endpoints carry no metadata here, and Envoy, too, leaves out what an endpoint does not carry.
  UPSTREAM_METADATA: (source) => {
    const keys = keysOf(source)
    return 'type' in keys ? keys : ''
  },
}

/** The function behind one operator, or its value when it never changes. */
export function createOperator(source: OperatorSource): string | Template | TemplateError {
  const create = Object.hasOwn(operators, source.name) ? operators[source.name] : undefined
  if (create !== undefined) return create(source)
  const known = Object.keys(operators).toSorted().join(', ')
  return failure(`the operator ${source.text} is not known; known are ${known}`)
}

function plain(read: Template): CreateOperator {
  return (source) => (source.argument === undefined ? read : withoutArgument(source))
}

function withoutArgument({ text }: OperatorSource): TemplateError {
  return failure(`the operator ${text} takes no argument`)
}

function responseOnly({ text, direction }: OperatorSource): TemplateError | undefined {
  if (direction === 'response') return undefined
  return failure(`the operator ${text} has a value in answers only`)
}

/** `NAME(header)` or `NAME(header?alternative)`. */
function headerOperator(
  { text, argument = '' }: OperatorSource,
  read: (input: TemplateInput, name: string) => string | undefined,
): Template | TemplateError {
  const [first = '', second, ...more] = argument.toLowerCase().split('?')
  if (first === '' || more.length > 0) {
    return failure(`the operator ${text} needs a header name and takes one alternative after "?"`)
  }
  if (second === undefined) return (input) => read(input, first) ?? ''
  return (input) => read(input, first) ?? read(input, second) ?? ''
}

function pseudoHeader({ context }: TemplateInput, name: string): string | undefined {
  switch (name) {
    case ':method':
      return context.method
    case ':authority':
      return context.host
    case ':path':
      return context.path + context.query
    case ':scheme':
      return context.scheme
    default:
      return undefined
  }
}

function withPort(address: string, port: number): string {
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`
}

function keysOf({ text, argument }: OperatorSource): readonly string[] | TemplateError {
  const message = `the operator ${text} needs a namespace and keys, such as (namespace:key)`
  return parseKeys(argument) ?? failure(message)
}

function metadataAt(metadata: ReadonlyMap<string, unknown>, keys: readonly string[]): string {
  const [namespace = '', ...path] = keys
  let value = metadata.get(namespace)
  for (const key of path) {
    const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    value = isObject ? (value as Readonly<Record<string, unknown>>)[key] : undefined
  }
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function failure(message: string): TemplateError {
  return { type: 'template-error', message }
}
