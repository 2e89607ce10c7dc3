import type { KubeObject } from '../../../../kube/kube-object.ts'
import { texts } from '../../conditions.ts'
import type { Problem } from '../problem.ts'
import {
  displayName,
  virtualServiceReference,
} from '../virtual-services/translate-virtual-service.ts'
import type { GatewayPlan } from './gateway-plan.ts'

/** A virtual service and the domains that it may have on one gateway. */
export interface DomainAssignment {
  readonly object: KubeObject
  readonly domains: readonly string[]
}

interface DomainHolder extends DomainAssignment {
  readonly isDefault: boolean
}

/**
 * Gives each domain to the oldest virtual service that has it, so that a new object cannot take a working one
 * down; the others keep the rest of their domains. All of them, and the gateway, are told.
 */
export function assignDomains(
  gateway: Pick<GatewayPlan, 'reference'>,
  holders: readonly DomainHolder[],
): { readonly assignments: readonly DomainAssignment[]; readonly problems: readonly Problem[] } {
  const byDomain = new Map<string, DomainHolder[]>()
  for (const holder of holders) {
    for (const domain of new Set(holder.domains)) {
      byDomain.set(domain, [...(byDomain.get(domain) ?? []), holder])
    }
  }
  const problems: Problem[] = []
  const conflicting: string[] = []
  for (const [domain, rivals] of byDomain) {
    if (rivals.length < 2) continue
    const shown = rivals.every(({ isDefault }) => isDefault) ? '' : domain
    conflicting.push(shown)
    for (const { object } of rivals) {
      const others = rivals.filter((rival) => rival.object !== object)
      problems.push({
        severity: 'error',
        owner: virtualServiceReference(object),
        text: texts.domainInOthers(
          shown,
          others.map((rival) => displayName(rival.object)),
        ),
      })
    }
  }
  if (conflicting.length > 0) {
    const text = texts.gatewayDomains(conflicting)
    problems.push({ severity: 'error', owner: gateway.reference, text })
  }
  return {
    problems,
    assignments: holders.map(({ object, domains }) => ({
      object,
      domains: [...new Set(domains)].filter(
        (domain) => byDomain.get(domain)?.[0]?.object === object,
      ),
    })),
  }
}
