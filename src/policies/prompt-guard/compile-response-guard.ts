import type { GatewayError } from '../../errors/gateway-error.ts'
import type { Origin } from '../../ir/origin.ts'
import type { PromptGuard, ResponseGuard } from '../../ir/policies/prompt-guard.ts'
import type { Clock } from '../../lib/time/clock.ts'
import type { ModelResponse } from '../../llm/model-response.ts'
import { recordGuard } from '../guard-record.ts'
import type { PolicyServices, RequestContext, StreamEditor, StreamOutput } from '../policy.ts'
import { compilePatterns } from './compile-patterns.ts'
import { replaceTexts } from './compile-request-guard.ts'
import { unjudgedAnswer, unreadableAnswer } from './failures.ts'
import { redactSlots } from './redaction/redact-text.ts'
import { compileWebhook, type Webhook } from './services/webhook.ts'
import { type MaskSettings, StreamMasker } from './stream/stream-masker.ts'
import { WebhookEditor } from './stream/webhook-editor.ts'

/** What guards the answers of a route. */
export interface JudgeResponse {
  judge(
    context: RequestContext,
    response: ModelResponse,
  ): GatewayError | undefined | Promise<GatewayError | undefined>
  createEditor(context: RequestContext, output: StreamOutput): StreamEditor
}

/** Webhook, then patterns. */
export function compileResponseGuard(
  guard: ResponseGuard,
  { origin }: Pick<PromptGuard, 'origin'>,
  { services, clock }: { services: PolicyServices; clock: Clock },
): JudgeResponse | GatewayError {
  const searches = guard.patterns && compilePatterns(guard.patterns, origin)
  if (searches !== undefined && 'type' in searches) return searches
  const webhook = guard.webhook && compileWebhook(guard.webhook, origin, services)
  if (webhook !== undefined && 'type' in webhook) return webhook
  const style = guard.patterns?.maskStyle ?? 'label'
  const settings: MaskSettings = { searches, options: { ...guard.stream, style }, origin, clock }

  return {
    judge: (context, response) => {
      if (!response.known) return unreadableAnswer(origin)
      response.dropRepetitions()
      const maskAll = () => maskTexts(context, response, settings)
      if (webhook === undefined) return maskAll()
      return askWebhook(context, response, { webhook, origin }).then(
        (failure) => failure ?? maskAll(),
      )
    },
    createEditor: (context, output) => {
      const masker = new StreamMasker(settings, output, context)
      return webhook === undefined
        ? masker
        : new WebhookEditor({ masker, webhook, context, origin, stream: guard.stream })
    },
  }
}

function maskTexts(
  context: RequestContext,
  response: ModelResponse,
  { searches, options }: MaskSettings,
): undefined | Promise<undefined> {
  if (searches === undefined) return undefined
  const masked = redactSlots(searches, options.style, response.texts())
  const record = (count: number): undefined => {
    recordGuard(context, { masked: count, overflows: 0 })
  }
  return typeof masked === 'number' ? record(masked) : masked.then(record)
}

async function askWebhook(
  context: RequestContext,
  response: ModelResponse,
  { webhook, origin }: { webhook: Webhook; origin: Origin },
): Promise<GatewayError | undefined> {
  const slots = response.texts()
  if (slots.length === 0) return undefined
  const texts = slots.map(({ role, text }) => ({ role: role ?? 'assistant', content: text }))
  const verdict = await webhook.judgeResponse(texts, context)
  if (verdict.type === 'no-answer') return unjudgedAnswer(origin, verdict.reason)
  if (verdict.type !== 'mask') return undefined
  const masked = replaceTexts(slots, verdict.contents)
  recordGuard(context, { masked, overflows: 0 })
  return undefined
}
