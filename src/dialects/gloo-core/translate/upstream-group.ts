import type { KubeObject } from '../../../kube/kube-object.ts'
import { isRecord } from '../../../lib/json/is-record.ts'
import type { ObjectStatus } from '../../dialect.ts'
import { recordsIn } from '../../record.ts'
import { specOf } from '../../shared/spec-of.ts'
import { displayReference, type ResourceReference, resolveReference } from '../reference.ts'
import { createGlooStatus, createObjectStatus } from '../status/report.ts'
import { createFindings, type Findings } from './findings.ts'
import type { FoundUpstreamGroup, UpstreamTranslation } from './upstream/upstream-translation.ts'

/** The destinations of a group, for routes that lead to it. */
export function readUpstreamGroup(
  group: KubeObject | undefined,
  reference: ResourceReference,
): FoundUpstreamGroup {
  if (group === undefined) {
    const name = displayReference(reference)
    return { type: 'missing', message: `*v1.UpstreamGroup { ${name} } not found` }
  }
  const destinations = recordsIn(specOf(group)['destinations']).map(({ destination, weight }) => ({
    destination: isRecord(destination) ? destination : {},
    weight: typeof weight === 'number' ? weight : 0,
  }))
  return { type: 'found', namespace: reference.namespace, destinations }
}

/** The status of a group: every destination must be there. */
export function translateUpstreamGroup(
  group: KubeObject,
  upstreams: Pick<UpstreamTranslation, 'find' | 'findService'>,
): ObjectStatus {
  const findings = createFindings()
  const entries = recordsIn(specOf(group)['destinations'])
  const namespace = group.metadata.namespace ?? ''
  entries.forEach(({ destination }, index) => {
    checkDestination(
      { destination, place: `destination # ${index + 1}`, namespace },
      upstreams,
      findings,
    )
  })
  const total = entries.reduce(
    (sum, { weight }) => sum + (typeof weight === 'number' ? weight : 0),
    0,
  )
  if (total === 0) findings.errors.push('the weights of the destinations must add up to at least 1')
  return createObjectStatus(group, createGlooStatus(findings))
}

interface Destination {
  readonly destination: unknown
  readonly place: string
  readonly namespace: string
}

function checkDestination(
  { destination, place, namespace }: Destination,
  upstreams: Pick<UpstreamTranslation, 'find' | 'findService'>,
  { errors, warnings }: Findings,
): void {
  if (!isRecord(destination)) {
    errors.push(`${place}: destination is nil`)
    return
  }
  const { upstream, kube } = destination
  const reference = resolveReference(upstream, namespace)
  if (reference !== undefined) {
    const found = upstreams.find(reference)
    const name = displayReference(reference)
    if (found.type === 'missing') {
      errors.push(`${place}: upstream not found: list did not find upstream ${name}`)
    } else if (found.type === 'rejected') {
      warnings.push(`${place}: upstream ${name} is rejected`)
    }
    return
  }
  const service = isRecord(kube) ? resolveReference(kube['ref'], namespace) : undefined
  if (service === undefined || !isRecord(kube)) {
    errors.push(`${place}: one of upstream or kube is needed`)
    return
  }
  const port = typeof kube['port'] === 'number' ? kube['port'] : 0
  const found = upstreams.findService(service, port)
  if (found.type !== 'found') errors.push(`${place}: ${found.message}`)
}
