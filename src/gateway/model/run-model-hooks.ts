import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import { readJsonObject } from '../../lib/json/read-json-object.ts'
import type { ModelRequest } from '../../llm/model-request.ts'
import type { CompiledPolicy, RequestHookResult } from '../../policies/policy.ts'
import type { Exchange } from '../request/exchange.ts'
import { readWholeBody } from '../request/read-whole-body.ts'
import { hookFailed } from '../request/run-hooks.ts'
import type { ModelExchange } from './model-exchange.ts'

type Done = (result: RequestHookResult) => void

/** Room for conversations with pictures in them. */
const bodyLimitBytes = 32 * 1024 * 1024

/** Reads what goes to a model and runs the hooks that want to see it. */
export function runModelHooks(exchange: Exchange, model: ModelExchange, done: Done): void {
  const isRead = model.endpoint?.format !== undefined
  if (!isRead && model.provider.signsBody !== true) {
    done(undefined)
    return
  }
  readWholeBody(exchange, bodyLimitBytes, (error) => {
    if (error !== undefined || !isRead) done(error)
    else readBody(exchange, model, done)
  })
}

function readBody(exchange: Exchange, model: ModelExchange, done: Done): void {
  const { whole } = exchange.body
  if (whole === undefined || whole.length === 0) {
    done(undefined)
    return
  }
  const refusal = parseBody(exchange, model, whole)
  const { request } = model.call
  if (refusal !== undefined || request === undefined) {
    done(refusal)
    return
  }
  model.takeBody(whole)
  runHooks(exchange, { model, request, done }, 0)
}

/** Sets `call.request`, or `call.unreadable`; an error where a policy must have read it. */
function parseBody(
  exchange: Exchange,
  { call, endpoint, path, policies }: ModelExchange,
  body: Buffer,
): GatewayError | undefined {
  const problem = headerProblem(exchange, policies.strictReader !== undefined)
  if (problem !== undefined)
    return unreadable(call, policies.strictReader, { problem, status: 415 })
  const reading = readJsonObject(body)
  if ('problem' in reading) {
    return unreadable(call, policies.strictReader, { problem: reading.problem, status: 400 })
  }
  call.request = endpoint?.format?.readRequest(reading.json, path)
  if (call.request !== undefined) return undefined
  const form = endpoint?.format?.name ?? 'an unknown form'
  return unreadable(call, policies.strictReader, {
    problem: `the body is no request in the form of ${form}`,
    status: 400,
  })
}

/** What the head says about the body that keeps it from being read; what it declares counts only where it must be sure. */
function headerProblem({ headers }: Exchange, strict: boolean): string | undefined {
  const encoding = headers.getAll('content-encoding').join(',').trim().toLowerCase()
  if (encoding !== '' && encoding !== 'identity') return `the body is encoded as ${encoding}`
  if (!strict) return undefined
  const types = headers.getAll('content-type')
  if (types.length === 1 && isJsonType(types[0] ?? '')) return undefined
  return 'the content type is not application/json'
}

/** RFC 8259 section 11: JSON is UTF-8 and its media type has no parameters; many clients name the charset all the same. */
function isJsonType(value: string): boolean {
  return /^application\/(?:[\w.-]+\+)?json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?;?\s*$/i.test(value)
}

function unreadable(
  call: ModelExchange['call'],
  reader: CompiledPolicy | undefined,
  { problem, status }: { readonly problem: string; readonly status: number },
): GatewayError | undefined {
  call.unreadable = problem
  if (reader === undefined) return undefined
  const message = `the ${reader.type} policy of this route cannot read this request: ${problem}`
  return gatewayError('unreadable-body', message, { status })
}

interface HookRun {
  readonly model: ModelExchange
  readonly request: ModelRequest
  readonly done: Done
}

/** Waits only for hooks that return a promise. */
function runHooks(exchange: Exchange, run: HookRun, next: number): void {
  const { model, done } = run
  const policies = model.policies.onModelRequest
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
  model.hooksRun()
  done(undefined)
}

/** What operators add is for bodies of which they know the form. */
function isKeptOut({ endpoint }: ModelExchange, policy: CompiledPolicy): boolean {
  return endpoint?.untouched === true && policy.readsModelCall !== 'required'
}

function runHook(exchange: Exchange, { model, request }: HookRun, policy: CompiledPolicy) {
  try {
    return policy.onModelRequest?.(exchange, model.call, request)
  } catch (cause) {
    return hookFailed(policy, cause)
  }
}
