import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import type { JwtKeys } from '../../ir/policies/jwt.ts'
import { type Jwk, parseKeySet } from '../../lib/jwk/parse-key-set.ts'
import { VerificationKey } from '../../lib/jwk/verification-key.ts'
import type { PolicyServices } from '../policy.ts'

/** The keys in force now: the same list until they change. Undefined: not fetched yet. */
export type KeySource = () => readonly VerificationKey[] | undefined

/** Makes the keys of a provider ready; an error when they cannot be used. */
export function createKeySource(keys: JwtKeys, services: PolicyServices): KeySource | GatewayError {
  if (keys.type === 'remote') return remoteKeys(() => services.keySet(keys.keySetId))
  const list = keys.type === 'public' ? keys.keys : secretKeys(keys, services)
  if ('code' in list) return list
  try {
    const ready = compileKeys(list)
    return () => ready
  } catch {
    return gatewayError('configuration-error', 'a key that verifies tokens is malformed')
  }
}

const compileKeys = (keys: readonly Jwk[]) => keys.map((key) => new VerificationKey(key))

function remoteKeys(read: () => readonly Jwk[] | undefined): KeySource {
  let known: readonly Jwk[] | undefined
  let ready: readonly VerificationKey[] | undefined
  return () => {
    const current = read()
    if (current !== known) {
      known = current
      ready = current && compileKeys(current)
    }
    return ready
  }
}

function secretKeys(
  { secret }: Extract<JwtKeys, { type: 'secret' }>,
  services: PolicyServices,
): readonly Jwk[] | GatewayError {
  const name = `key "${secret.key}" of Secret ${secret.secretId}`
  const text = services.secretValue(secret)
  if (text === undefined) {
    return gatewayError('configuration-error', `${name}, which verifies tokens, does not exist`)
  }
  const keys = parseKeySet(text, { symmetric: true })
  return 'type' in keys
    ? gatewayError('configuration-error', `${name} cannot verify tokens: ${keys.message}`)
    : keys
}
