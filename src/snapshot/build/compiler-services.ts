import type { GatewayError } from '../../errors/gateway-error.ts'
import type { PolicyConfig } from '../../ir/policy.ts'
import type { CompiledPolicy } from '../../policies/policy.ts'
import type { BackendServices } from '../compile/compile-backend.ts'

/** What nodes are compiled with. */
export interface CompilerServices extends BackendServices {
  /** A number in `[0, 1)`. */
  random(): number
  compilePolicy(config: PolicyConfig): CompiledPolicy | GatewayError
}
