import type { Static } from 'typebox'
import { anything, choice, count, list, object, text } from '../../../field.ts'
import { honoured, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'
import { authTokenField } from './auth-token.ts'

const guards = <Schema extends object>(schema: Schema) => honoured(behaviours.aiGuard, schema)
const early = <Schema extends object>(schema: Schema) => honoured(behaviours.aiEarlyGuard, schema)

/** The order is that of the numbers since 1.18.0-beta30. */
const builtins = ['SSN', 'CREDIT_CARD', 'PHONE_NUMBER', 'EMAIL'] as const

const matches = (description: string) =>
  list(description, anything('{pattern, name}, or the pattern alone.'))

const patterns = {
  matches: guards(matches('Regular expressions in RE2 syntax.')),
  builtins: guards(list('Kinds of data to look for.', choice('A kind.', builtins))),
}
const actions = choice('What becomes of a match; default MASK.', ['MASK', 'REJECT'])

const webhook = object('A service that decides.', {
  host: guards(text('DNS name or IP address.')),
  port: guards(count('Port.', { maximum: 65_535 })),
  forwardHeaders: list(
    'Headers that it is sent.',
    object('A condition on names.', {
      key: guards(text('What the name is compared with.')),
      matchType: guards(
        choice('How it is compared.', ['EXACT', 'PREFIX', 'SUFFIX', 'CONTAINS', 'REGEX']),
      ),
    }),
  ),
})
export type Webhook = Static<typeof webhook>

const customResponse = object('What a refused client is told.', {
  message: guards(text('The body.')),
  statusCode: guards(count('The status; default 403.')),
})

const moderation = object('A service that judges texts.', {
  openai: object('That of OpenAI.', {
    model: guards(text('Its model; default omni-moderation-latest.')),
    authToken: authTokenField(behaviours.aiGuard),
  }),
})
export type Moderation = Static<typeof moderation>

const request = object('What clients ask.', {
  customResponse,
  regex: object('Patterns to look for.', { ...patterns, action: guards(actions) }),
  webhook,
  moderation,
  matches: early(matches('Patterns to refuse, of an early release.')),
  builtins: early(
    list('Kinds of data to refuse, of an early release.', choice('A kind.', builtins)),
  ),
  customResponseMessage: early(text('What a refused client is told, of an early release.')),
})
export type RequestGuard = Static<typeof request>

const response = object('What models answer.', {
  regex: object('Patterns to mask.', {
    ...patterns,
    action: ignored('matches in answers are always masked', actions),
  }),
  webhook,
  matches: early(matches('Patterns to mask, of an early release.')),
  builtins: early(list('Kinds of data to mask, of an early release.', choice('A kind.', builtins))),
})
export type ResponseGuard = Static<typeof response>

/** Patterns of either side, in the form of today. */
export type Patterns = NonNullable<RequestGuard['regex']>

/** `AIPromptGuard` of projects/gloo/api/v1/enterprise/options/ai/ai.proto, with fields of earlier releases. */
export const PromptGuard = object('What must not pass.', { request, response })
export type PromptGuard = Static<typeof PromptGuard>
