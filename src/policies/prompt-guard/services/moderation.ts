import type { GuardModeration } from '../../../ir/policies/prompt-guard.ts'
import { HeaderList } from '../../../lib/http/header-list.ts'
import { removeKeptTokens } from '../../kept-tokens.ts'
import type { PolicyServices, RequestContext } from '../../policy.ts'
import { askJson, type NoAnswer, noAnswer } from './json-service.ts'
import type { JudgedText } from './webhook.ts'

/** Whether OpenAI's moderation endpoint flags the texts (https://platform.openai.com/docs/api-reference/moderations). */
export async function moderate(
  config: GuardModeration,
  texts: readonly JudgedText[],
  context: RequestContext,
  services: Pick<PolicyServices, 'callBackend' | 'secretValue'>,
): Promise<{ readonly flagged: boolean } | NoAnswer> {
  const authorization = authorizationFor(config, context, services)
  if (authorization === undefined) return noAnswer('there is no token for the moderation endpoint')
  const input = texts.map(({ role, content }) => `role: ${role}:\n${content}`).join('\n')
  const answer = await askJson(
    services,
    config,
    {
      path: config.path,
      headers: [['authorization', authorization]],
      json: { model: config.model, input },
    },
    context,
  )
  return 'type' in answer ? answer : readFlag(answer.json)
}

function authorizationFor(
  { token }: GuardModeration,
  context: RequestContext,
  { secretValue }: Pick<PolicyServices, 'secretValue'>,
): string | undefined {
  const value = token === undefined ? ownTokenOf(context) : secretValue(token)
  if (value === undefined || value.trim() === '') return undefined
  return `Bearer ${value.trim().replace(/^bearer\s+/i, '')}`
}

/** What the client has for the provider; a token that is kept for the gateway's own upstreams is none of its business. */
function ownTokenOf(context: RequestContext): string | undefined {
  const bearer = { headers: new HeaderList([...context.headers.flat]), query: context.query }
  removeKeptTokens(context, bearer, () => false)
  return bearer.headers.get('authorization')
}

function readFlag(json: unknown): { readonly flagged: boolean } | NoAnswer {
  const results: unknown = (json as { results?: unknown } | null)?.results
  const flags = Array.isArray(results)
    ? results.map((result: { flagged?: unknown } | null) => result?.flagged)
    : []
  const isAnswer = flags.length > 0 && flags.every((flag) => typeof flag === 'boolean')
  if (!isAnswer) return noAnswer('the moderation endpoint does not say whether texts are flagged')
  return { flagged: flags.includes(true) }
}
