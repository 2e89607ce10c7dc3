import type { BodyDefaults } from './body-defaults.ts'
import type { Cors } from './cors.ts'
import type { FaultInjection } from './fault-injection.ts'
import type { HeaderMutation } from './header-mutation.ts'
import type { Jwt } from './jwt.ts'
import type { PromptEnrichment } from './prompt-enrichment.ts'
import type { PromptGuard } from './prompt-guard.ts'
import type { RateLimit } from './rate-limit.ts'
import type { Rbac } from './rbac.ts'

/** One policy instance: plain data under an id that routes refer to. */
export type PolicyConfig =
  | BodyDefaults
  | Cors
  | FaultInjection
  | HeaderMutation
  | Jwt
  | PromptEnrichment
  | PromptGuard
  | RateLimit
  | Rbac
