import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import type { ModelRequest } from '../../llm/model-request.ts'
import type { CompiledPolicy, RequestHookResult } from '../../policies/policy.ts'
import type { Exchange } from '../request/exchange.ts'
import { readWholeBody } from '../request/read-whole-body.ts'
import { hookFailed } from '../request/run-hooks.ts'
import type { ModelExchange } from './model-exchange.ts'
import { readModelBody } from './read-model-body.ts'

type Done = (result: RequestHookResult) => void

/** Room for conversations with pictures in them. */
const bodyLimitBytes = 32 * 1024 * 1024

/** Reads what goes to a model and runs the hooks that want to see it. */
export function runModelHooks(exchange: Exchange, model: ModelExchange, done: Done): void {
  const { endpoint, policies } = model
  if (endpoint?.textless === true && policies.strictReader !== undefined && !exchange.body.ended) {
    done(unexpectedBody(policies.strictReader))
    return
  }
  const isRead = endpoint?.format !== undefined
  if (!isRead && model.provider.signsBody !== true) {
    done(undefined)
    return
  }
  readWholeBody(exchange, bodyLimitBytes, (error) => {
    if (error !== undefined || !isRead) done(error)
    else readBody(exchange, model, done)
  })
}

/** What has nothing to say has no body, which some server might take for more than that. */
function unexpectedBody({ type }: CompiledPolicy): GatewayError {
  const message = `the ${type} policy of this route cannot read the body of a call that should have none`
  return gatewayError('unreadable-body', message, { status: 400 })
}

function readBody(exchange: Exchange, model: ModelExchange, done: Done): void {
  const { whole } = exchange.body
  if (whole === undefined || whole.length === 0) {
    done(undefined)
    return
  }
  const refusal = readModelBody(exchange, model, whole)
  const { request } = model.call
  if (refusal !== undefined || request === undefined) {
    done(refusal)
    return
  }
  model.takeBody(whole)
  runHooks(exchange, { model, request, done, hook: 'onModelRequest' }, 0)
}

interface HookRun {
  readonly hook: 'onModelRequest' | 'onFinalModelRequest'
  readonly model: ModelExchange
  readonly request: ModelRequest
  readonly done: Done
}

/** Waits only for hooks that return a promise. */
function runHooks(exchange: Exchange, run: HookRun, next: number): void {
  const { model, done, hook } = run
  const policies = model.policies[hook]
  for (let index = next; index < policies.length; index += 1) {
    const policy = policies[index]
    if (policy === undefined || isKeptOut(model, policy)) continue
    const result = runHook(exchange, run, policy)
    if (result === undefined) continue
    if (!(result instanceof Promise)) {
      done(result)
      return
    }
    result.then(
      (settled) => {
        if (exchange.completed) return
        if (settled !== undefined) done(settled)
        else runHooks(exchange, run, index + 1)
      },
      (cause: unknown) => {
        if (!exchange.completed) done(hookFailed(policy, cause))
      },
    )
    return
  }
  if (hook === 'onModelRequest') {
    runHooks(exchange, { ...run, hook: 'onFinalModelRequest' }, 0)
    return
  }
  model.hooksRun()
  done(undefined)
}

/** What operators add is for bodies of which they know the form. */
function isKeptOut({ endpoint }: ModelExchange, policy: CompiledPolicy): boolean {
  return endpoint?.untouched === true && policy.readsModelCall !== 'required'
}

function runHook(exchange: Exchange, { model, request, hook }: HookRun, policy: CompiledPolicy) {
  try {
    return policy[hook]?.(exchange, model.call, request)
  } catch (cause) {
    return hookFailed(policy, cause)
  }
}
