import type { GatewayError } from '../../errors/gateway-error.ts'
import type { HeaderMutation } from '../../ir/policies/header-mutation.ts'
import type { CompiledPolicy, PolicyModule } from '../policy.ts'
import { type CompiledChanges, compileChanges } from './compile-changes.ts'

/** Removes and adds headers of requests and answers. */
export const headerMutation: PolicyModule<HeaderMutation> = {
  type: 'header-mutation',

  compile(config, services) {
    const request = compileChanges(config, 'request', services)
    if (isError(request)) return request
    const response = compileChanges(config, 'response', services)
    if (isError(response)) return response
    const compiled: { -readonly [Key in keyof CompiledPolicy]: CompiledPolicy[Key] } = {
      type: 'header-mutation',
    }
    if (!request.isEmpty) {
      compiled.onAttempt = (context, attempt) => {
        request.apply(attempt.headers, { context, attempt, response: undefined })
        return undefined
      }
      if (request.heldValues.length > 0) compiled.heldHeaderValues = request.heldValues
    }
    if (!response.isEmpty) {
      compiled.onResponseHead = (context, head) => {
        response.apply(head.headers, { context, attempt: undefined, response: head })
      }
    }
    return compiled
  },
}

function isError(value: CompiledChanges | GatewayError): value is GatewayError {
  return 'type' in value
}
