import { secretKind, secretValuesOf } from '../../dialects/core/secrets.ts'
import type { Configuration } from '../../ir/configuration.ts'
import type { SecretReference } from '../../ir/secret-reference.ts'
import type { ObjectSource } from '../../kube/object-source.ts'
import { formatSocketAddress } from '../../lib/http/socket-address.ts'
import type { Clock } from '../../lib/time/clock.ts'
import {
  type AddressOverride,
  AddressResolver,
  type LookUp,
} from '../../lib/upstream-address/address-resolver.ts'
import { createOwnAddressGuard } from '../../lib/upstream-address/own-address-guard.ts'
import type { WorkerOptions } from '../../link/messages.ts'
import type { DialServices } from './dial-endpoint.ts'
import { TlsContexts } from './tls-contexts.ts'

export interface DialingOptions {
  readonly source: ObjectSource
  /** What gateway threads trust and may reach, so that control does the same. */
  readonly rules: Pick<
    WorkerOptions,
    'allowLoopbackUpstreams' | 'extraAuthorities' | 'forbiddenAddresses'
  >
  readonly lookUp: LookUp
  readonly clock: Clock
}

/** How control connects to endpoints. */
export interface Dialing {
  readonly services: DialServices
  /** Takes in where names lead now and on which addresses this process listens. */
  update(configuration: Configuration, overrides: readonly AddressOverride[]): void
}

export function createDialing({ source, rules, lookUp, clock }: DialingOptions): Dialing {
  const resolver = new AddressResolver(lookUp, clock.now)
  const guard = createOwnAddressGuard({
    allowLoopback: rules.allowLoopbackUpstreams,
    forbiddenAddresses: rules.forbiddenAddresses,
  })
  const contexts = new TlsContexts({
    extraAuthorities: rules.extraAuthorities,
    findSecretValue: (reference) => readSecretValue(source, reference),
  })
  return {
    services: { resolver, guard: guard.check, contexts },
    update(configuration, overrides) {
      resolver.setOverrides(overrides)
      guard.setOwnAddresses(ownAddressesOf(configuration))
    },
  }
}

const ownAddressesOf = ({ listeners }: Configuration) =>
  [...listeners.values()].flatMap(({ bindings }) =>
    bindings.map(({ address, port }) => formatSocketAddress({ host: address, port })),
  )

function readSecretValue(
  source: ObjectSource,
  { secretId, key }: SecretReference,
): string | undefined {
  const [namespace = '', name = ''] = secretId.split('/')
  const secret = source.get({ ...secretKind, namespace, name })
  return secret === undefined ? undefined : secretValuesOf(secret)[key]
}
