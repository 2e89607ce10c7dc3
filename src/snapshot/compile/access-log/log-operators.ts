import { isIPv6 } from 'node:net'
import { hostname } from 'node:os'
import { isCredentialParameter } from '../../../lib/http/credential-parameter.ts'
import type { HeaderList } from '../../../lib/http/header-list.ts'
import { maskTarget } from '../../../lib/http/mask-target.ts'
import { parseKeys } from '../../../lib/operators/operator-template.ts'
import { operatorsWithoutValue } from '../../../lib/operators/operators-without-value.ts'
import { compileTimeFormat } from '../../../policies/header-mutation/time-format.ts'
import { metadataValue } from '../../../policies/metadata-value.ts'
import { type LogEntry, LogError, type LogOperator } from './log-entry.ts'

type CreateOperator = (argument: string | undefined, text: string) => LogOperator

const whole = (value: number | undefined) => (value === undefined ? undefined : Math.round(value))

const withPort = (address: string, port: number) =>
  isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`

/** Takes no argument. */
const plain =
  (read: LogOperator): CreateOperator =>
  (argument, text) => {
    if (argument !== undefined) throw new LogError(`the operator ${text} takes no argument`)
    return read
  }

/** `NAME(header)` or `NAME(header?alternative)`. */
const header =
  (read: (entry: LogEntry, name: string) => string | undefined): CreateOperator =>
  (argument = '', text) => {
    const [first = '', second, ...more] = argument.toLowerCase().split('?')
    if (first === '' || more.length > 0) {
      throw new LogError(
        `the operator ${text} needs a header name and takes one alternative after "?"`,
      )
    }
    if (second === undefined) return (entry) => read(entry, first)
    return (entry) => read(entry, first) ?? read(entry, second)
  }

const credentialHeaders = new Set(['proxy-authorization', 'cookie', 'set-cookie'])

/** Headers that hold a URL, whose query may hold a credential. */
const targetHeaders = new Set([
  ...['referer', 'location', 'x-envoy-original-path', 'x-original-url', 'x-rewrite-url'],
])

/** Browsers show OpenAI a key as the name of a protocol. */
const keyProtocol = /(openai-insecure-api-key\.)[^,\s]+/gi

/** A credential is there or not; what it is stands in no log. */
function readHeader(headers: HeaderList | undefined, name: string): string | undefined {
  const values = headers?.getAll(name) ?? []
  if (values.length === 0) return undefined
  if (credentialHeaders.has(name) || isCredentialParameter(name)) return '***'
  const value = values.join(',')
  if (name === 'sec-websocket-protocol') return value.replaceAll(keyProtocol, '$1***')
  return targetHeaders.has(name) ? maskTarget(value) : value
}

function requestHeader({ context, outcome }: LogEntry, name: string): string | undefined {
  switch (name) {
    case ':method':
      return context.method
    case ':authority':
      return context.host
    case ':path':
      return maskTarget(outcome.path)
    case ':scheme':
      return context.scheme
    default:
      return readHeader(context.headers, name)
  }
}

function keysOf(argument: string | undefined, text: string): readonly string[] {
  const keys = parseKeys(argument)
  if (keys !== undefined) return keys
  throw new LogError(`the operator ${text} needs a namespace and keys, such as (namespace:key)`)
}

const peer = ({ context }: LogEntry) => withPort(context.peerAddress, context.peerPort)

const operators: Readonly<Record<string, CreateOperator>> = {
  START_TIME: (argument) => {
    const format = compileTimeFormat(argument)
    if (typeof format === 'object') throw new LogError(format.message)
    return ({ context }) => format(context.startTimeMs)
  },
  REQ: header(requestHeader),
  REQ_WITHOUT_QUERY: header((entry, name) => requestHeader(entry, name)?.split('?', 1)[0]),
  RESP: header(({ responseHeaders }, name) => readHeader(responseHeaders, name)),
  PROTOCOL: plain(({ context }) => context.protocol),
  RESPONSE_CODE: plain(({ outcome }) => outcome.status),
  RESPONSE_CODE_DETAILS: plain(
    ({ outcome }) =>
      outcome.errorCode ?? (outcome.attempts > 0 ? 'via_upstream' : 'direct_response'),
  ),
  RESPONSE_FLAGS: plain(({ outcome }) => outcome.responseFlags),
  BYTES_RECEIVED: plain(({ outcome }) => outcome.requestBytes),
  BYTES_SENT: plain(({ outcome }) => outcome.responseBytes),
  DURATION: plain(({ outcome }) => whole(outcome.durationMs)),
  RESPONSE_DURATION: plain(({ outcome }) => whole(outcome.upstreamHeadMs)),
  UPSTREAM_HOST: plain(({ outcome }) => outcome.upstreamHost),
  UPSTREAM_HOST_NAME: plain(({ outcome }) => outcome.upstreamHost),
  UPSTREAM_REMOTE_ADDRESS: plain(({ outcome }) => outcome.upstreamHost),
  UPSTREAM_CLUSTER: plain(({ outcome }) => outcome.backendName),
  UPSTREAM_REQUEST_ATTEMPT_COUNT: plain(({ outcome }) => outcome.attempts),
  ROUTE_NAME: plain(({ outcome }) => outcome.routeName),
  STREAM_ID: plain(({ context }) => context.requestId),
  HOSTNAME: plain(() => hostname()),
  DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: plain(({ context }) => context.clientAddress),
  // The port of a client behind a proxy is unknown.
  DOWNSTREAM_REMOTE_ADDRESS: plain((entry) => {
    const { clientAddress, peerAddress } = entry.context
    return clientAddress === peerAddress ? peer(entry) : withPort(clientAddress, 0)
  }),
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT: plain(({ context }) => context.peerAddress),
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS: plain(peer),
  DYNAMIC_METADATA: (argument, text) => {
    const keys = keysOf(argument, text)
    return ({ context }) => metadataValue(context, keys)
  },
}

/** The function behind one operator; throws {@link LogError}. */
export function createLogOperator(
  name: string,
  argument: string | undefined,
  text: string,
): LogOperator {
  const create = Object.hasOwn(operators, name) ? operators[name] : undefined
  if (create !== undefined) return create(argument, text)
  if (operatorsWithoutValue.has(name)) return () => undefined
  const known = Object.keys(operators).toSorted().join(', ')
  throw new LogError(`the operator ${text} is not known; known are ${known}`)
}
