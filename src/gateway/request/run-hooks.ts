import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import type { CompiledPolicy, RequestHookResult } from '../../policies/policy.ts'
import type { PolicyChain } from '../../snapshot/snapshot.ts'
import type { Exchange } from './exchange.ts'
import { readWholeBody } from './read-whole-body.ts'

type HeadHooksDone = (exchange: Exchange, result: RequestHookResult) => void

/** Runs the hooks in order until one ends the request; waits only for those that return a promise. */
export function runHeadHooks(
  exchange: Exchange,
  policies: readonly CompiledPolicy[],
  done: HeadHooksDone,
): void {
  if (policies.length === 0) done(exchange, undefined)
  else continueHeadHooks(exchange, policies, { next: 0, done })
}

function continueHeadHooks(
  exchange: Exchange,
  policies: readonly CompiledPolicy[],
  { next, done }: { next: number; done: HeadHooksDone },
): void {
  for (let index = next; index < policies.length; index += 1) {
    const result = runHeadHook(exchange, policies[index])
    if (result === undefined) continue
    if (!(result instanceof Promise)) {
      done(exchange, result)
      return
    }
    result.then(
      (settled) => {
        if (exchange.completed) return
        if (settled !== undefined) done(exchange, settled)
        else continueHeadHooks(exchange, policies, { next: index + 1, done })
      },
      (cause: unknown) => {
        if (!exchange.completed) done(exchange, hookFailed(policies[index], cause))
      },
    )
    return
  }
  done(exchange, undefined)
}

function runHeadHook(exchange: Exchange, policy: CompiledPolicy | undefined) {
  try {
    return policy?.onRequestHead?.(exchange)
  } catch (cause) {
    return hookFailed(policy, cause)
  }
}

/** For policies that read the body and name no limit of their own. */
const defaultBodyLimitBytes = 10 * 1024 * 1024

/** Reads the whole body and runs the hooks that want it. */
export function runBodyHooks(
  exchange: Exchange,
  policies: PolicyChain,
  done: (result: RequestHookResult) => void,
): void {
  const limit = policies.requestBodyLimitBytes ?? defaultBodyLimitBytes
  readWholeBody(exchange, limit, (error) => {
    if (error !== undefined) {
      done(error)
      return
    }
    applyBodyHooks(exchange, policies.onRequestBody).then(
      (result) => {
        if (!exchange.completed) done(result)
      },
      (cause: unknown) => {
        if (!exchange.completed) done(hookFailed(undefined, cause))
      },
    )
  })
}

async function applyBodyHooks(
  exchange: Exchange,
  policies: readonly CompiledPolicy[],
): Promise<RequestHookResult> {
  for (const policy of policies) {
    const body = exchange.body.whole ?? Buffer.alloc(0)
    const result = await policy.onRequestBody?.(exchange, body)
    if (Buffer.isBuffer(result)) exchange.body.replace(result)
    else if (result !== undefined) return result
  }
  return undefined
}

/** What a hook that throws costs: its request, and nothing is told of why. */
export function hookFailed(policy: CompiledPolicy | undefined, cause: unknown): GatewayError {
  const name = policy === undefined ? 'a policy' : `the ${policy.type} policy`
  return gatewayError('internal', `${name} of this route failed`, { cause })
}
