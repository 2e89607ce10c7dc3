import type { BodyDefaults } from './policies/body-defaults.ts'
import type { Cors } from './policies/cors.ts'
import type { FaultInjection } from './policies/fault-injection.ts'
import type { HeaderMutation } from './policies/header-mutation.ts'
import type { Jwt } from './policies/jwt.ts'
import type { PromptEnrichment } from './policies/prompt-enrichment.ts'
import type { PromptGuard } from './policies/prompt-guard.ts'
import type { RateLimit } from './policies/rate-limit.ts'
import type { Rbac } from './policies/rbac.ts'

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
