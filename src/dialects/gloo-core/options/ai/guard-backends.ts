import { isIP } from 'node:net'
import type { Backend } from '../../../../ir/backend.ts'
import type { Origin } from '../../../../ir/origin.ts'
import type { GuardModeration, GuardWebhook } from '../../../../ir/policies/prompt-guard.ts'
import { compileRegex } from '../../../../lib/regex/regex.ts'
import { isHost } from '../../../../lib/upstream-address/is-host.ts'
import type { Webhook } from '../../kinds/ai/prompt-guard.ts'
import { idOf } from '../place.ts'
import type { ReportError } from './guard-patterns.ts'
import { type BackendPlace, createPlainBackend } from './plain-backend.ts'

/** What a guard asks of another service, and that service. */
export interface GuardService<Service> {
  readonly service: Service
  readonly backend: Backend
}

/** As long as the vendor's proxy waits for its AI extension. */
const timeoutMs = 5_000

const matchTypes = {
  EXACT: 'exact',
  PREFIX: 'prefix',
  SUFFIX: 'suffix',
  CONTAINS: 'contains',
  REGEX: 'regex',
} as const

/** Reads a `webhook` that stands at `origin`. */
export function readWebhook(
  { host = '', port = 0, forwardHeaders = [] }: Webhook,
  origin: Origin,
  fail: ReportError,
): GuardService<GuardWebhook> | undefined {
  if (!isHost(host)) fail(`webhook.host: '${host}' is no DNS name or IP address`)
  if (port < 1 || port > 65_535) fail('webhook.port must be between 1 and 65535')
  const headers = forwardHeaders.map(({ key = '', matchType = 'EXACT' }, index) => {
    const place = `webhook.forwardHeaders[${index}].key`
    if (key === '') fail(`${place} must be set`)
    const regex = matchType === 'REGEX' ? compileRegex(key) : undefined
    if (regex !== undefined && 'type' in regex)
      fail(`${place}: '${key}' is not RE2: ${regex.reason}`)
    return { key, match: matchTypes[matchType] }
  })
  const backend = backendAt({ host, port, tls: false }, origin)
  const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
  return {
    backend,
    service: { backendId: backend.id, authority, timeoutMs, forwardHeaders: headers },
  }
}

const moderationHost = 'api.openai.com'
const defaultModel = 'omni-moderation-latest'

/** OpenAI’s moderation with the credential `token`; undefined: that of the client. */
export function createModeration(
  model: string | undefined,
  token: GuardModeration['token'],
  origin: Origin,
): GuardService<GuardModeration> {
  const backend = backendAt({ host: moderationHost, port: 443, tls: true }, origin)
  return {
    backend,
    service: {
      ...{ backendId: backend.id, authority: moderationHost, path: '/v1/moderations' },
      ...{ model: model || defaultModel, token, timeoutMs },
    },
  }
}

const backendAt = (place: BackendPlace, origin: Origin): Backend =>
  createPlainBackend(`gloo/${idOf(origin)}`, place, origin)
