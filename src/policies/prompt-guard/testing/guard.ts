import type { GatewayError } from '../../../errors/gateway-error.ts'
import type {
  GuardDetector,
  GuardPatterns,
  PromptGuard,
  RequestGuard,
  ResponseGuard,
} from '../../../ir/policies/prompt-guard.ts'
import { HeaderList } from '../../../lib/http/header-list.ts'
import type { Clock } from '../../../lib/time/clock.ts'
import type { ModelCall } from '../../../llm/model-call.ts'
import type { CompiledPolicy, PolicyServices, ServiceCall } from '../../policy.ts'
import { policyServices, testOrigin } from '../../testing/context.ts'
import { createPromptGuard } from '../index.ts'
import { ManualClock } from './manual-clock.ts'

export const modelCall: ModelCall = {
  ...{ provider: 'openai', operation: 'chat', request: undefined, unreadable: undefined },
  ...{ model: 'm', streaming: false, providerModel: undefined, usage: undefined },
  rateLimitedTokens: undefined,
  candidateModels: () => ['m'],
  progress: 'none',
  outputIsLimited: false,
}

export function patternsOf(
  custom: readonly string[],
  parts: Partial<GuardPatterns> & { detectors?: readonly GuardDetector[] } = {},
): GuardPatterns {
  return {
    ...{ action: 'mask', maskStyle: 'label', detectors: [] },
    custom: custom.map((pattern) => ({ pattern, name: undefined })),
    ...parts,
  }
}

interface Parts {
  readonly request?: Partial<RequestGuard>
  readonly response?: Partial<ResponseGuard>
  readonly services?: Partial<PolicyServices>
  readonly clock?: Clock
}

export function configOf({ request, response }: Parts): PromptGuard {
  const none = { patterns: undefined, webhook: undefined, moderation: undefined }
  const refusal = { status: 403, message: 'Not here' }
  const stream = { maxHeldBytes: 4096, maxHeldMs: 500, onOverflow: 'mask' } as const
  return {
    ...{ type: 'prompt-guard', id: 'guard', origin: testOrigin },
    request: request && { ...none, refusal, ...request },
    response: response && { patterns: undefined, webhook: undefined, stream, ...response },
  }
}

/** A guard under test. */
export function compileGuard(parts: Parts): CompiledPolicy {
  const guard = tryToCompile(parts)
  if ('code' in guard) throw new Error(guard.message)
  return guard
}

export function tryToCompile(parts: Parts): CompiledPolicy | GatewayError {
  const module = createPromptGuard(parts.clock ?? new ManualClock())
  return module.compile(configOf(parts), policyServices(parts.services))
}

/** A service that answers with `json`, or as told; what it was asked is in `calls`. */
export function serviceAnswering(
  answer: (call: ServiceCall, body: unknown) => unknown,
): Pick<PolicyServices, 'callBackend'> & { calls: { call: ServiceCall; body: unknown }[] } {
  const calls: { call: ServiceCall; body: unknown }[] = []
  return {
    calls,
    callBackend: (_backendId, call) => {
      const body: unknown = JSON.parse(String(call.body))
      calls.push({ call, body })
      const json = answer(call, body)
      const isError = typeof json === 'object' && json !== null && 'code' in json
      if (isError) return Promise.resolve(json as unknown as GatewayError)
      const text = typeof json === 'string' ? json : JSON.stringify(json)
      return Promise.resolve({
        ...{ status: 200, headers: new HeaderList() },
        body: Buffer.from(text),
      })
    },
  }
}
