import type { PromptGuard } from '../../ir/policies/prompt-guard.ts'
import { type Clock, systemClock } from '../../lib/time/clock.ts'
import type { PolicyModule } from '../policy.ts'
import { compileRequestGuard } from './compile-request-guard.ts'
import { compileResponseGuard } from './compile-response-guard.ts'

/** Looks for what must not pass in the texts of requests and answers of models. */
export const promptGuard: PolicyModule<PromptGuard> = createPromptGuard(systemClock)

/** The same by another clock, for tests. */
export function createPromptGuard(clock: Clock): PolicyModule<PromptGuard> {
  return {
    type: 'prompt-guard',

    compile(config, services) {
      const request = config.request && compileRequestGuard(config.request, config, services)
      if (request !== undefined && 'type' in request) return request
      const response =
        config.response && compileResponseGuard(config.response, config, { services, clock })
      if (response !== undefined && 'type' in response) return response
      return {
        type: 'prompt-guard',
        readsModelCall: 'required',
        ...(request && { onModelRequest: (context, _call, body) => request(context, body) }),
        ...(response && {
          onAttempt: (_context, { headers }) => {
            // What is encoded cannot be read as it comes.
            headers.set('accept-encoding', 'identity')
            return undefined
          },
          onModelResponse: (context, _call, body) => response.judge(context, body),
          createStreamEditor: (context, _call, output) => response.createEditor(context, output),
        }),
      }
    },
  }
}
