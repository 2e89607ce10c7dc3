import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import type { Rbac, RbacPolicy } from '../../ir/policies/rbac.ts'
import type { RegexError } from '../../lib/regex/regex.ts'
import type { CompiledPolicy, PolicyModule, RequestContext } from '../policy.ts'
import { type VerifiedClaims, verifiedClaimsOf } from '../verified-claims.ts'
import { compilePrincipal } from './compile-principal.ts'

type Allows = (context: RequestContext, claims: VerifiedClaims | undefined) => boolean

const denied = gatewayError('forbidden', 'RBAC: access denied')

function compileRbacPolicy({
  principals,
  pathPrefix = '',
  methods,
}: RbacPolicy): Allows | RegexError {
  const isPrincipal: ((claims: VerifiedClaims) => boolean)[] = []
  for (const principal of principals) {
    const compiled = compilePrincipal(principal)
    if (typeof compiled !== 'function') return compiled
    isPrincipal.push(compiled)
  }
  return ({ path, method }, claims) => {
    if (!path.startsWith(pathPrefix)) return false
    if (methods.length > 0 && !methods.includes(method)) return false
    if (isPrincipal.length === 0) return true
    return claims !== undefined && isPrincipal.some((matches) => matches(claims))
  }
}

/** Refuses what none of its policies allows. */
export const rbac: PolicyModule<Rbac> = {
  type: 'rbac',
  compile(config): CompiledPolicy | GatewayError {
    const policies: Allows[] = []
    for (const policy of config.policies) {
      const compiled = compileRbacPolicy(policy)
      if (typeof compiled !== 'function') {
        const message = `RBAC policy "${policy.name}": ${compiled.message}`
        return gatewayError('configuration-error', message)
      }
      policies.push(compiled)
    }
    return {
      type: 'rbac',
      onRequestHead(context) {
        const claims = verifiedClaimsOf(context)
        return policies.some((allows) => allows(context, claims)) ? undefined : denied
      },
    }
  },
}
