import { maskTarget } from '../lib/http/mask-target.ts'
import type { ModelCallRecord, RefusedConnection, RequestRecord } from './request-record.ts'

/**
 * One line of JSON for a request, with its line break. Written by hand because it is written for every request:
 * a generic serializer takes several times as long.
 */
export function formatAccessLogLine(record: RequestRecord): string {
  return (
    `{"time":"${timeOf(record.startTimeMs)}"` +
    text('request_id', record.requestId) +
    text('method', record.method) +
    text('path', maskTarget(record.path)) +
    text('host', record.host) +
    text('protocol', record.protocol) +
    text('client', record.clientAddress) +
    text('user_agent', record.userAgent) +
    wayOf(record) +
    text('upstream', record.upstreamHost) +
    text('upstream_path', record.upstreamPath && maskTarget(record.upstreamPath)) +
    `,"attempts":${record.attempts},"status":${record.status}` +
    `,"bytes_in":${record.requestBytes},"bytes_out":${record.responseBytes}` +
    `,"duration_ms":${duration(record.durationMs)}` +
    `,"upstream_ms":${duration(record.upstreamHeadMs)}` +
    `,"first_byte_ms":${duration(record.firstByteMs)}` +
    text('error', record.errorCode) +
    text('flags', record.responseFlags) +
    maskedOf(record) +
    modelCallOf(record.modelCall) +
    `,"generation":${record.generation}}\n`
  )
}

/** Said only of the few requests where it happens. */
function maskedOf({ maskedCredentials }: RequestRecord): string {
  return maskedCredentials > 0 ? `,"masked_credentials":${maskedCredentials}` : ''
}

function modelCallOf(call: ModelCallRecord | undefined): string {
  if (call === undefined) return ''
  const { usage } = call
  const tokens =
    usage === undefined
      ? ''
      : `,"tokens_in":${usage.inputTokens},"tokens_out":${usage.outputTokens}` +
        `,"tokens_estimated":${usage.estimated}`
  return (
    text('provider', call.provider) +
    text('model', call.model) +
    text('provider_model', call.providerModel) +
    `,"streaming":${call.streaming}${tokens}`
  )
}

/** One line for a connection whose bytes never became a request. */
export function formatRefusalLine(refused: RefusedConnection): string {
  return (
    `{"time":"${timeOf(refused.timeMs)}"` +
    text('client', refused.clientAddress) +
    text('listener', refused.listenerId) +
    `,"status":${refused.status}` +
    text('error', refused.reason) +
    text('flags', refused.responseFlags) +
    `,"generation":${refused.generation}}\n`
  )
}

/** Where requests went, with the text that says so. */
interface Way {
  readonly listenerId: string
  readonly virtualHost: string | undefined
  readonly route: string | undefined
  readonly routeOrigin: string | undefined
  readonly backendName: string | undefined
  readonly text: string
}

const mostWays = 1000
/** By route; a route that is reached in several ways keeps the latest. */
const ways = new Map<string | undefined, Way>()

/** The part of a line that the requests of one route share: made once, as long as nothing in it changes. */
function wayOf(record: RequestRecord): string {
  const { listenerId, virtualHost, routeId, routeOrigin, backendName } = record
  const route = record.routeName ?? routeId
  const known = ways.get(routeId)
  if (
    known !== undefined &&
    known.listenerId === listenerId &&
    known.virtualHost === virtualHost &&
    known.route === route &&
    known.routeOrigin === routeOrigin &&
    known.backendName === backendName
  ) {
    return known.text
  }
  const shared =
    text('listener', listenerId) +
    text('virtual_host', virtualHost) +
    text('route', route) +
    text('route_origin', routeOrigin) +
    text('backend', backendName)
  if (known === undefined && ways.size >= mostWays) ways.clear()
  ways.set(routeId, { listenerId, virtualHost, route, routeOrigin, backendName, text: shared })
  return shared
}

/** What JSON must escape, and halves of surrogate pairs, which have no UTF-8. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
const unsafe = /[\u0000-\u001f"\\\u007f-\u009f\u2028\u2029\ud800-\udfff]/

function text(name: string, value: string | undefined): string {
  if (value === undefined) return `,"${name}":null`
  return unsafe.test(value) ? `,"${name}":${quote(value)}` : `,"${name}":"${value}"`
}

function quote(value: string): string {
  // The serializer leaves these as they are; a terminal or a line reader may act on them.
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Microseconds are kept, noise below is not. */
function duration(durationMs: number | undefined): number | string | null {
  if (durationMs === undefined || !(durationMs >= 0 && durationMs < 1e12)) return null
  const microseconds = Math.round(durationMs * 1000)
  // Whole numbers become text several times as fast as fractions.
  const rest = microseconds % 1000
  if (rest === 0) return microseconds / 1000
  const whole = (microseconds - rest) / 1000
  return `${whole}.${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}`
}

let lastSecond = -1
let lastSecondText = ''

/** The time in ISO form; the part down to the second is computed once a second. */
function timeOf(timeMs: number): string {
  const second = Math.floor(timeMs / 1000)
  if (second !== lastSecond) {
    lastSecond = second
    lastSecondText = new Date(second * 1000).toISOString().slice(0, 20)
  }
  return `${lastSecondText}${String(Math.floor(timeMs - second * 1000)).padStart(3, '0')}Z`
}
