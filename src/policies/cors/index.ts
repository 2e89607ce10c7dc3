import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import type { Cors } from '../../ir/policies/cors.ts'
import { HeaderList } from '../../lib/http/header-list.ts'
import { compileRegex, type Regex } from '../../lib/regex/regex.ts'
import type { LocalResponse, PolicyModule } from '../policy.ts'

/** Answers preflights and decorates answers for the origins that a manifest allows. */
export const cors: PolicyModule<Cors> = {
  type: 'cors',

  compile(config) {
    const isAllowed = compileOrigins(config)
    if (typeof isAllowed !== 'function') return isAllowed
    const forEveryAnswer = headersOfEveryAnswer(config)
    const forPreflight = compilePreflight(config)
    return {
      type: 'cors',

      onRequestHead({ method, headers }): LocalResponse | undefined {
        if (method !== 'OPTIONS' || !headers.get('access-control-request-method')) return undefined
        const origin = headers.get('origin')
        if (!origin) return undefined
        if (!isAllowed(origin)) return config.forwardsRefusedPreflights ? undefined : refusal
        const answer = new HeaderList(['access-control-allow-origin', origin, ...forEveryAnswer])
        answer.flat.push(...forPreflight(headers))
        return { type: 'local-response', status: 200, headers: answer, body: '' }
      },

      onResponseHead({ headers }, head) {
        const origin = headers.get('origin')
        if (!origin || !isAllowed(origin)) return
        head.headers.set('access-control-allow-origin', origin)
        for (let index = 0; index < forEveryAnswer.length; index += 2) {
          head.headers.set(forEveryAnswer[index] as string, forEveryAnswer[index + 1] as string)
        }
      },
    }
  },
}

/** A browser takes an answer that names no allowed origin for a refusal. */
const refusal: LocalResponse = {
  type: 'local-response',
  status: 200,
  headers: new HeaderList([]),
  body: '',
}

function headersOfEveryAnswer({ allowCredentials, exposeHeaders }: Cors): readonly string[] {
  return [
    ...(allowCredentials ? ['access-control-allow-credentials', 'true'] : []),
    ...(exposeHeaders.length > 0 ? ['access-control-expose-headers', exposeHeaders.join(',')] : []),
  ]
}

/** `*` is a wildcard only without credentials; with them, what the browser asks for is repeated instead. */
function compilePreflight({
  allowMethods,
  allowHeaders,
  allowCredentials,
  maxAgeSeconds,
}: Cors): (request: HeaderList) => string[] {
  const describeAllowed = (allowed: readonly string[], asked: string | undefined) =>
    allowCredentials && allowed.includes('*') ? (asked ?? '') : allowed.join(',')
  const maxAge =
    maxAgeSeconds === undefined ? [] : ['access-control-max-age', String(maxAgeSeconds)]
  return (request) => {
    const methods = describeAllowed(allowMethods, request.get('access-control-request-method'))
    const headers = describeAllowed(allowHeaders, request.get('access-control-request-headers'))
    return [
      ...(methods === '' ? [] : ['access-control-allow-methods', methods]),
      ...(headers === '' ? [] : ['access-control-allow-headers', headers]),
      ...maxAge,
    ]
  }
}

function compileOrigins({
  allowOrigins,
  allowOriginPatterns,
  origin: { kind, namespace, name, fieldPath },
}: Cors): ((origin: string) => boolean) | GatewayError {
  if (allowOrigins.includes('*')) return () => true
  const exact = new Set(allowOrigins)
  const patterns: Regex[] = []
  for (const pattern of allowOriginPatterns) {
    const regex = compileRegex(pattern)
    if ('type' in regex) {
      const message = `Allowed origins in ${fieldPath} of ${kind} ${namespace}/${name}: ${regex.message}`
      return gatewayError('configuration-error', message)
    }
    patterns.push(regex)
  }
  return (origin) => exact.has(origin) || patterns.some((pattern) => pattern.matches(origin))
}
