import type { Backend } from '../../../../ir/backend.ts'
import type { Origin } from '../../../../ir/origin.ts'
import type {
  GuardModeration,
  PromptGuard as GuardPolicy,
  RequestGuard as RequestSide,
  ResponseGuard as ResponseSide,
} from '../../../../ir/policies/prompt-guard.ts'
import {
  type Moderation,
  PromptGuard,
  type RequestGuard,
  type ResponseGuard,
} from '../../kinds/ai/prompt-guard.ts'
import { findMissingService } from '../../translate/upstream/static-hosts.ts'
import { findUnknownField } from '../access/unknown-field.ts'
import { fieldOf, idOf } from '../place.ts'
import type { Scope } from '../source.ts'
import { createModeration, type GuardService, readWebhook } from './guard-backends.ts'
import { readPatterns } from './guard-patterns.ts'
import { readGuardedStream } from './guarded-stream.ts'
import { readToken } from './read-token.ts'

/** A guard with the services that it asks, or what is wrong with it. */
export interface TranslatedGuard {
  /** Undefined: it looks for nothing, or something is wrong with it. */
  readonly policy: GuardPolicy | undefined
  readonly backends: readonly Backend[]
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
}

const defaultRefusal = 'The request was rejected due to inappropriate content'
const defaultStatus = 403

/** Translates the `promptGuard` that stands at `origin`. */
export function translatePromptGuard(
  scope: Scope,
  config: PromptGuard,
  origin: Origin,
): TranslatedGuard {
  const unknown = findUnknownField(config, PromptGuard)
  if (unknown !== undefined) {
    const errors = [`the field promptGuard.${unknown} is not known`]
    return { policy: undefined, backends: [], errors, warnings: [] }
  }
  const reader = new GuardReader(scope, origin)
  const request = config.request && reader.request(config.request)
  const response = config.response && reader.response(config.response)
  const { errors, warnings } = reader
  const isEmpty = request === undefined && response === undefined
  if (isEmpty && errors.length === 0) warnings.push('promptGuard looks for nothing')
  if (isEmpty || errors.length > 0) return { policy: undefined, backends: [], errors, warnings }
  const id = `prompt-guard/${idOf(origin)}`
  return { policy: { type: 'prompt-guard', id, origin, request, response }, ...reader.found() }
}

class GuardReader {
  readonly errors: string[] = []
  readonly warnings: string[] = []
  readonly backends: Backend[] = []
  readonly #scope: Scope
  readonly #origin: Origin

  constructor(scope: Scope, origin: Origin) {
    this.#scope = scope
    this.#origin = origin
  }

  found() {
    const { errors, warnings, backends } = this
    return { errors, warnings, backends }
  }

  request(config: RequestGuard): RequestSide | undefined {
    const patterns = readPatterns(config, 'request', this.#failAt('request'))
    const webhook = this.#webhook(config, 'request')
    const moderation = config.moderation && this.#moderation(config.moderation)
    const refusal = this.#refusal(config)
    if (patterns === undefined && webhook === undefined && moderation === undefined)
      return undefined
    return { patterns, webhook, moderation, refusal }
  }

  response(config: ResponseGuard): ResponseSide | undefined {
    if (config.regex?.action === 'REJECT') {
      this.warnings.push(
        'promptGuard.response.regex.action REJECT has no effect: matches in answers are always masked',
      )
    }
    const patterns = readPatterns(config, 'response', this.#failAt('response'))
    const webhook = this.#webhook(config, 'response')
    if (patterns === undefined && webhook === undefined) return undefined
    const fail = (error: string) => {
      this.errors.push(error)
    }
    return { patterns, webhook, stream: readGuardedStream(this.#scope, this.#origin, fail) }
  }

  #refusal(config: RequestGuard): RequestSide['refusal'] {
    const { customResponse, customResponseMessage } = config
    const fail = this.#failAt('request')
    if (customResponse !== undefined && customResponseMessage !== undefined) {
      fail('customResponseMessage cannot be set beside customResponse: put it into its message')
    }
    const status = customResponse?.statusCode || defaultStatus
    if (status < 200 || status > 599) {
      fail(`customResponse.statusCode ${status} is not between 200 and 599`)
    }
    const message = customResponse?.message || customResponseMessage || defaultRefusal
    return { status, message }
  }

  #webhook({ webhook }: RequestGuard | ResponseGuard, side: 'request' | 'response') {
    if (webhook === undefined) return undefined
    const origin = fieldOf(this.#origin, `${side}.webhook`)
    const { host = '', port = 0 } = webhook
    const missing = this.#scope.read(`the Service behind ${host}:${port}`, ({ objects }) =>
      findMissingService(objects, host, port),
    )
    if (missing !== undefined) {
      this.warnings.push(
        `promptGuard.${side}.webhook: ${missing}; until it is there, nothing passes`,
      )
    }
    return this.#adopt(readWebhook(webhook, origin, this.#failAt(side)))
  }

  #moderation({ openai }: Moderation): GuardModeration | undefined {
    const fail = this.#failAt('request')
    if (openai === undefined) {
      fail('moderation: openai must be set')
      return undefined
    }
    const origin = fieldOf(this.#origin, 'request.moderation.openai')
    const token = readToken(this.#scope, openai.authToken, fieldOf(origin, 'authToken'))
    if (token.type === 'error') fail(`moderation.openai.authToken: ${token.message}`)
    const secret = token.type === 'found' ? token.secret : undefined
    return this.#adopt(createModeration(openai.model, secret, origin))
  }

  #adopt<Service>(asked: GuardService<Service> | undefined): Service | undefined {
    if (asked === undefined) return undefined
    this.backends.push(asked.backend)
    return asked.service
  }

  #failAt(side: 'request' | 'response') {
    return (error: string) => {
      this.errors.push(`promptGuard.${side}.${error}`)
    }
  }
}
