import type { HttpConnectionOptions } from '../../../../ir/listener.ts'
import { parseDuration } from '../../../../lib/time/duration.ts'
import type { HttpConnectionManagerSettings } from '../../kinds/listener-options/http-connection-manager.ts'

type Writable = { -readonly [Field in keyof HttpConnectionOptions]?: HttpConnectionOptions[Field] }

interface HttpSettings {
  /** Without what is not set. */
  readonly http: Partial<HttpConnectionOptions>
  readonly errors: readonly string[]
}

const durations = {
  idleTimeout: 'idleTimeoutMs',
  streamIdleTimeout: 'streamIdleTimeoutMs',
  requestHeadersTimeout: 'requestHeadersTimeoutMs',
} as const

/**
 * Reads `httpConnectionManagerSettings`, which stand at `fieldPath`; a wrong value is reported and left out, so that the one of
 * `defaults` is used.
 */
export function readHttpSettings(
  settings: HttpConnectionManagerSettings,
  fieldPath: string,
  defaults: Partial<HttpConnectionOptions> = {},
): HttpSettings {
  const errors: string[] = []
  const http: Writable = {}
  for (const [field, name] of Object.entries(durations)) {
    const text = settings[field as keyof typeof durations]
    if (text === undefined) continue
    const durationMs = parseDuration(text)
    if (durationMs !== undefined && durationMs >= 0) {
      http[name] = durationMs
      continue
    }
    const fallback = defaults[name] === undefined ? 'the default is' : `${defaults[name]} ms are`
    const form = 'is not a duration such as 15s or 0.5s'
    errors.push(`${fieldPath}.${field}: '${text}' ${form}; ${fallback} used`)
  }
  return { http: { ...http, ...plainSettings(settings) }, errors }
}

function plainSettings(settings: HttpConnectionManagerSettings): Writable {
  const { maxRequestHeadersKb, serverName, useRemoteAddress, xffNumTrustedHops } = settings
  const { normalizePath, mergeSlashes } = settings
  const http: Writable = {}
  if (maxRequestHeadersKb !== undefined) http.maxRequestHeadersBytes = maxRequestHeadersKb * 1024
  if (serverName) http.serverName = serverName
  if (useRemoteAddress !== undefined) http.useRemoteAddress = useRemoteAddress
  if (xffNumTrustedHops !== undefined) http.xffTrustedHops = xffNumTrustedHops
  if (normalizePath !== undefined) http.normalizePath = normalizePath
  if (mergeSlashes !== undefined) http.mergeSlashes = mergeSlashes
  return http
}

/** Whether WebSockets pass where a route does not say otherwise; undefined: the settings do not name them. */
export function websocketOf({ upgrades = [] }: HttpConnectionManagerSettings): boolean | undefined {
  const named = upgrades.find(({ websocket }) => websocket !== undefined)?.websocket
  return named && (named.enabled ?? true)
}
