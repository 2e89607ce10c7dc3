import type { GatewayError } from '../../errors/gateway-error.ts'
import type { GuardPatterns, PromptGuard, RequestGuard } from '../../ir/policies/prompt-guard.ts'
import type { ModelRequest } from '../../llm/model-request.ts'
import type { TextSlot } from '../../llm/text-slot.ts'
import { recordGuard } from '../guard-record.ts'
import type { PolicyServices, RequestContext } from '../policy.ts'
import { compilePatterns } from './compile-patterns.ts'
import { rejected, rejectedUnjudged } from './failures.ts'
import type { Searches } from './redaction/compile-searches.ts'
import { findsAnything, redactSlots } from './redaction/redact-text.ts'
import { moderate } from './services/moderation.ts'
import { compileWebhook, type JudgedText, type Webhook } from './services/webhook.ts'

/** Judges a request; what it returns refuses it. Waits only where a service is asked. */
export type JudgeRequest = (
  context: RequestContext,
  request: ModelRequest,
) => GatewayError | undefined | Promise<GatewayError | undefined>

/** Webhook, patterns, moderation: in this order, each seeing what the one before has left. */
export function compileRequestGuard(
  guard: RequestGuard,
  { origin }: Pick<PromptGuard, 'origin'>,
  services: PolicyServices,
): JudgeRequest | GatewayError {
  const searches = guard.patterns && compilePatterns(guard.patterns, origin)
  if (searches !== undefined && 'type' in searches) return searches
  const webhook = guard.webhook && compileWebhook(guard.webhook, origin, services)
  if (webhook !== undefined && 'type' in webhook) return webhook
  const search: JudgeRequest = (context, request) =>
    searches && guard.patterns
      ? searchTexts(context, request, { ...guard, searches, patterns: guard.patterns })
      : undefined
  if (webhook === undefined && guard.moderation === undefined) return search

  return async (context, request) => {
    if (request.texts().length === 0) return undefined
    const byWebhook = webhook && (await askWebhook(context, request, { webhook, guard }))
    if (byWebhook !== undefined) return byWebhook
    const bySearch = await search(context, request)
    if (bySearch !== undefined) return bySearch
    return await askModeration(context, request, { guard, services })
  }
}

interface Search {
  readonly searches: Searches
  readonly patterns: GuardPatterns
  readonly refusal: RequestGuard['refusal']
}

function searchTexts(
  context: RequestContext,
  request: ModelRequest,
  { searches, patterns, refusal }: Search,
): GatewayError | undefined | Promise<GatewayError | undefined> {
  const slots = request.texts()
  if (patterns.action === 'reject') {
    const found = findsAnything(searches, slots)
    const judge = (finds: boolean) => (finds ? rejected(refusal) : undefined)
    return typeof found === 'boolean' ? judge(found) : found.then(judge)
  }
  const masked = redactSlots(searches, patterns.maskStyle, slots)
  const record = (count: number) => recordGuard(context, { masked: count, overflows: 0 })
  if (typeof masked !== 'number') return masked.then(record)
  record(masked)
  return undefined
}

async function askWebhook(
  context: RequestContext,
  request: ModelRequest,
  { webhook, guard: { refusal } }: { webhook: Webhook; guard: RequestGuard },
): Promise<GatewayError | undefined> {
  const slots = request.texts()
  const verdict = await webhook.judgeRequest(judgedTextsOf(slots), context)
  switch (verdict.type) {
    case 'no-answer':
      return rejectedUnjudged(refusal, verdict.reason)
    case 'reject':
      return rejected({ status: verdict.status ?? refusal.status, message: verdict.message })
    case 'mask': {
      const masked = replaceTexts(slots, verdict.contents)
      recordGuard(context, { masked, overflows: 0 })
      return undefined
    }
    case 'pass':
      return undefined
  }
}

async function askModeration(
  context: RequestContext,
  request: ModelRequest,
  { guard, services }: { guard: RequestGuard; services: PolicyServices },
): Promise<GatewayError | undefined> {
  if (guard.moderation === undefined) return undefined
  const texts = judgedTextsOf(request.texts())
  const answer = await moderate(guard.moderation, texts, context, services)
  if ('type' in answer) return rejectedUnjudged(guard.refusal, answer.reason)
  return answer.flagged ? rejected(guard.refusal) : undefined
}

function judgedTextsOf(slots: readonly TextSlot[]): JudgedText[] {
  return slots.map(({ role, text }) => ({ role: role ?? 'user', content: text }))
}

/** Returns how many texts have changed. */
export function replaceTexts(slots: readonly TextSlot[], contents: readonly string[]): number {
  let changed = 0
  for (const [index, slot] of slots.entries()) {
    const content = contents[index]
    if (content === undefined || content === slot.text) continue
    slot.replace(content)
    changed += 1
  }
  return changed
}
