import { gatewayError } from '../../errors/gateway-error.ts'
import type { PromptGuard } from '../../ir/prompt-guard.ts'
import type { PolicyModule } from '../policy.ts'

/** Closes its routes until guards can be compiled. */
export const promptGuard: PolicyModule<PromptGuard> = {
  type: 'prompt-guard',
  compile: ({ origin }) =>
    gatewayError(
      'configuration-error',
      `The prompt guard of ${origin.kind} ${origin.namespace}/${origin.name} is not supported.`,
    ),
}
