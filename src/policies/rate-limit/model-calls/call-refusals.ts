import { type GatewayError, gatewayError } from '../../../errors/gateway-error.ts'
import type { LimitCounting } from '../../../ir/policies/rate-limit.ts'
import type { ModelRequest } from '../../../llm/model-request.ts'
import type { LimitedHit } from '../compile-rules.ts'
import { nameOf } from '../judge-hits.ts'
import { isKnownLater } from './call-cost.ts'
import type { Prompt } from './prompt/prompt.ts'

/** The refusal of a call whose use cannot be told before it runs, although a limit depends on it. */
export function checkReadable(
  hits: readonly LimitedHit[],
  { attachments, unseen }: Prompt,
  request: ModelRequest,
): GatewayError | undefined {
  for (const { rules } of hits) {
    const { counting, origin } = rules
    const unlimited = isKnownLater(counting) ? request.unlimitedOutput() : undefined
    if (unlimited !== undefined) return unreadable(`${nameOf(origin)}: ${unlimited}`)
    if (!needsInput(counting)) continue
    if (unseen !== undefined) {
      return unreadable(
        `${nameOf(origin)} counts what a model reads, and ${unseen} makes it read what this request does not hold`,
      )
    }
    if (attachments > 0 && counting.attachmentTokens === undefined) {
      return unreadable(
        `${nameOf(origin)} counts tokens, and says nothing of how many a picture, a sound or a file takes`,
      )
    }
  }
  return undefined
}

/** Whether a limit is passed where input is missed before the call: others count what the provider reports. */
function needsInput({ reserve, unit }: LimitCounting): boolean {
  if (unit === 'input-tokens') return true
  return reserve && (unit === 'total-tokens' || unit === 'cost')
}

const unreadable = (message: string) => gatewayError('unreadable-body', message, { status: 403 })

/** Whoever fills the store with calls must not be let through for it, whatever the failure mode. */
export function crowded({ rules }: LimitedHit): GatewayError {
  const message = `More calls run now than the rate limit ${nameOf(rules.origin)} can keep account of. Try again later.`
  return gatewayError('rate-limit-unavailable', message, { status: 503 })
}

/** What cannot be counted cannot be limited, so it is refused whatever the failure mode: its sender has chosen it. */
export function uncountable([hit]: readonly LimitedHit[]): GatewayError {
  const limit = hit === undefined ? 'of this route' : nameOf(hit.rules.origin)
  const message = `The tokens of this request cannot be counted now, and the rate limit ${limit} needs their number. Try again later or with less text.`
  return gatewayError('rate-limit-unavailable', message, { status: 503 })
}
