import type { GatewayError } from '../errors/gateway-error.ts'
import type { PolicyConfig } from '../ir/policy.ts'
import { bodyDefaults } from './body-defaults/index.ts'
import { cors } from './cors/index.ts'
import { faultInjection } from './fault-injection/index.ts'
import { headerMutation } from './header-mutation/index.ts'
import { jwt } from './jwt/index.ts'
import type { CompiledPolicy, PolicyModule, PolicyPhase, PolicyServices } from './policy.ts'
import { promptEnrichment } from './prompt-enrichment/index.ts'
import { promptGuard } from './prompt-guard/index.ts'
import { rateLimit } from './rate-limit/index.ts'
import { rbac } from './rbac/index.ts'

/** Every policy, by IR type. A missing entry does not compile. */
export const policies: {
  readonly [Type in PolicyConfig['type']]: PolicyModule<Extract<PolicyConfig, { type: Type }>>
} = {
  'body-defaults': bodyDefaults,
  cors,
  'fault-injection': faultInjection,
  'header-mutation': headerMutation,
  jwt,
  'prompt-enrichment': promptEnrichment,
  'prompt-guard': promptGuard,
  rbac,
  'rate-limit': rateLimit,
}

/**
 * The order of policies on a request, and why each stands where it does.
 *
 * 1. `fault-injection`: a test of what clients do when the gateway fails must not depend on anything else.
 * 2. `cors`: a preflight carries no credentials, so it is answered before anything could ask for them.
 * 3. `early-jwt`: tokens whose claims early limits count by.
 * 4. `early-rate-limit`: limits that must spare even the check of all other credentials.
 * 5. `jwt`: whoever is not known is refused before anything else is done for the request.
 * 6. `rbac`: reads the claims that `jwt` has verified; what is refused here costs nothing after it.
 * 7. `prompt-guard`: before limits, so that what it refuses is not counted, and before anything leaves.
 * 8. `body-defaults`: after guards, as what the operator adds is not guarded; before limits, as they decide about the model and
 *    how long an answer may be.
 * 9. `rate-limit`: after whatever knows or refuses the caller, so that only requests that are let through count, and limits
 *    by caller know whom they count.
 * 10. `prompt-enrichment`: messages that the operator adds are neither guarded nor counted.
 * 11. `header-mutation`: last, next to the upstream, so that nothing before it sees or needs what it adds.
 */
export const defaultPhases: readonly PolicyPhase[] = [
  'fault-injection',
  'cors',
  'early-jwt',
  'early-rate-limit',
  'jwt',
  'rbac',
  'prompt-guard',
  'body-defaults',
  'rate-limit',
  'prompt-enrichment',
  'header-mutation',
]

/** Compiles `config` with the module of its type. */
export function compilePolicy(
  config: PolicyConfig,
  services: PolicyServices,
): CompiledPolicy | GatewayError {
  switch (config.type) {
    case 'cors':
      return policies.cors.compile(config, services)
    case 'fault-injection':
      return policies['fault-injection'].compile(config, services)
    case 'header-mutation':
      return policies['header-mutation'].compile(config, services)
    case 'jwt':
      return policies.jwt.compile(config, services)
    case 'body-defaults':
      return policies['body-defaults'].compile(config, services)
    case 'prompt-enrichment':
      return policies['prompt-enrichment'].compile(config, services)
    case 'prompt-guard':
      return policies['prompt-guard'].compile(config, services)
    case 'rbac':
      return policies.rbac.compile(config, services)
    case 'rate-limit':
      return policies['rate-limit'].compile(config, services)
  }
}
