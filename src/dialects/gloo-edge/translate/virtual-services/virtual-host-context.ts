import type { Origin } from '../../../../ir/origin.ts'
import type { ObjectReference } from '../../../../kube/kube-object.ts'
import type { VirtualHostOptions } from '../../../gloo-core/kinds/options/virtual-host-options.ts'
import type { Protection } from '../../../gloo-core/options/access/protection.ts'
import { type OptionSet, optionSetOf } from '../../../gloo-core/options/option-set.ts'
import type { Scope } from '../../../gloo-core/options/source.ts'
import { readVirtualHost } from '../../../gloo-core/options/virtual-host.ts'
import { texts } from '../../conditions.ts'
import type { VirtualServiceSpec } from '../../kinds/virtual-service.ts'
import type { Problem } from '../problem.ts'
import type { VirtualHostContext } from '../routes/route-context.ts'
import { fillFromReferences } from '../routes/route-options.ts'

/** What of a Gateway reaches the routes below it. Gateways that agree in it share their routes. */
export interface GatewayProfile {
  readonly websocket: boolean
  readonly maxDirectResponseBytes: number
  readonly gatewayProtections: readonly Protection[]
}

interface VirtualHostSettings {
  readonly context: VirtualHostContext
  readonly problems: readonly Problem[]
}

const virtualHostError = (reason: string) => `VirtualHost Error: ProcessingError. Reason: ${reason}`

/** Reads what the virtual host of `owner` sets for all its routes. */
export function createVirtualHostContext(
  scope: Scope,
  spec: VirtualServiceSpec,
  owner: ObjectReference,
  profile: GatewayProfile,
): VirtualHostSettings {
  const warnings: string[] = []
  const { kind, namespace, name } = owner
  const origin: Origin = { kind, namespace, name, fieldPath: 'spec.virtualHost.options' }
  const host = spec.virtualHost
  const options = fillFromReferences(scope, optionSetOf(host?.options ?? {}, origin), {
    refs: host?.optionsConfigRefs,
    kind: 'VirtualHostOption',
    namespace,
    warn: (text) => warnings.push(text),
  }) as OptionSet<VirtualHostOptions>
  const { policies, findings } = readVirtualHost(scope, options, origin)
  return {
    problems: [
      ...warnings.map((text): Problem => ({ severity: 'warning', owner, text })),
      ...findings.map(({ severity, text }): Problem => {
        const full = severity === 'error' ? virtualHostError(text) : text
        return { severity, owner, text: full }
      }),
    ],
    context: { ...policies, ...profile },
  }
}

/** What is wrong with the domains of a virtual service. */
export const findDomainErrors = (domains: readonly string[], virtualHost: string) =>
  domains.flatMap((domain) => {
    if (domain.trim() === '') return [texts.emptyDomain(virtualHost)]
    const isDomain = /^(?:\*|\*?[^\s*/@?#]+|[^\s*/@?#]+\*)$/.test(domain)
    return isDomain ? [] : [texts.invalidDomain(virtualHost, domain)]
  })
