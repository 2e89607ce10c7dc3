import { isDeepStrictEqual } from 'node:util'
import type { Backend } from '../../../ir/backend.ts'
import type { KubeObject } from '../../../kube/kube-object.ts'
import { isRecord } from '../../../lib/json/is-record.ts'
import { endpointSliceKind, groupSlices } from '../../core/services.ts'
import type { ObjectStatus, ObjectView } from '../../dialect.ts'
import {
  type UpstreamSpec,
  upstream as upstreamDefinition,
  upstreamKind,
} from '../kinds/upstream/upstream.ts'
import { upstreamGroupKind } from '../kinds/upstream-group.ts'
import { displayReference, type ResourceReference } from '../reference.ts'
import { createGlooStatus, createObjectStatus } from '../status/report.ts'
import { warningsOfUnknownFields } from '../status/unknown-fields.ts'
import { upstreamBackendId } from './backend-id.ts'
import { createFindings, type Findings } from './findings.ts'
import { secretIdsOf } from './secret-ids.ts'
import { type Dependencies, type FindSlices, trackView } from './tracked-view.ts'
import { translateUpstream } from './translate-upstream.ts'
import type { FoundUpstream, UpstreamTranslation } from './upstream/upstream-translation.ts'
import { readUpstreamGroup, translateUpstreamGroup } from './upstream-group.ts'

export interface UpstreamTranslator {
  translate(objects: ObjectView): UpstreamTranslation
}

interface Entry {
  readonly upstream: KubeObject
  readonly isCurrent: Dependencies
  readonly backend: Backend | undefined
  readonly findings: Findings
  readonly status: ObjectStatus
}

interface Moment {
  readonly objects: ObjectView
  readonly findSlices: FindSlices
}

/** Keeps the backend of every Upstream that did not change, so that nothing downstream is made anew for it. */
export function createUpstreamTranslator(): UpstreamTranslator {
  let upstreams = new Map<string, Entry>()
  let services = new Map<string, Entry>()
  return {
    translate(objects) {
      const moment: Moment = { objects, findSlices: groupSlices(objects.list(endpointSliceKind)) }
      const earlierServices = services
      services = new Map()
      upstreams = translateAll(moment, upstreams)
      return createTranslation(moment, upstreams, (upstream, key) => {
        const entry = services.get(key) ?? renewEntry(moment, upstream, earlierServices.get(key))
        services.set(key, entry)
        return entry
      })
    },
  }
}

function translateAll(moment: Moment, earlier: ReadonlyMap<string, Entry>): Map<string, Entry> {
  const entries = new Map<string, Entry>()
  for (const upstream of moment.objects.list(upstreamKind)) {
    const id = upstreamBackendId(referenceOf(upstream))
    entries.set(id, renewEntry(moment, upstream, earlier.get(id)))
  }
  return entries
}

function createTranslation(
  moment: Moment,
  entries: ReadonlyMap<string, Entry>,
  findServiceEntry: (upstream: KubeObject, key: string) => Entry,
): UpstreamTranslation {
  const { objects } = moment
  const backends = new Map<string, Backend>()
  for (const [id, { backend }] of entries) if (backend !== undefined) backends.set(id, backend)
  const find = (reference: ResourceReference): FoundUpstream => {
    const entry = entries.get(upstreamBackendId(reference))
    if (entry !== undefined) return foundIn(entry)
    const name = displayReference(reference)
    return { type: 'missing', message: `*v1.Upstream { ${name} } not found` }
  }
  const translation = {
    find,
    findGroup: (reference: ResourceReference) =>
      readUpstreamGroup(
        objects.get(upstreamGroupKind, reference.namespace, reference.name),
        reference,
      ),
    findService: (reference: ResourceReference, port: number) => {
      const upstream = createServiceUpstream(reference, port)
      return foundIn(findServiceEntry(upstream, upstreamBackendId(referenceOf(upstream))))
    },
  }
  const groups = objects.list(upstreamGroupKind)
  return {
    ...translation,
    backends,
    statuses: [
      ...[...entries.values()].map(({ status }) => status),
      ...groups.map((group) => translateUpstreamGroup(group, translation)),
    ],
    secretIds: secretIdsOf(backends.values()),
  }
}

const foundIn = ({ backend, findings }: Entry): FoundUpstream =>
  backend === undefined
    ? { type: 'rejected', message: findings.errors.join('; ') }
    : { type: 'found', backend }

function renewEntry(moment: Moment, upstream: KubeObject, earlier: Entry | undefined): Entry {
  if (
    earlier !== undefined &&
    isSameUpstream(upstream, earlier.upstream) &&
    earlier.isCurrent(moment.objects, moment.findSlices)
  ) {
    return earlier
  }
  const fresh = createEntry(moment, upstream)
  if (earlier?.backend === undefined) return fresh
  if (fresh.backend === undefined) return keepLastGood(fresh, earlier)
  const unchanged = isDeepStrictEqual(fresh.backend, earlier.backend)
  return unchanged ? { ...fresh, backend: earlier.backend } : fresh
}

/** A mistake in a change must not take away what worked before it. */
function keepLastGood(fresh: Entry, earlier: Entry): Entry {
  const isSameObject = fresh.upstream.metadata.uid === earlier.upstream.metadata.uid
  if (!isSameObject || fresh.findings.withdrawn) return fresh
  const { errors, warnings } = fresh.findings
  const status = createGlooStatus({
    errors,
    warnings: [...warnings, 'the last accepted state of this upstream keeps serving'],
  })
  return {
    ...fresh,
    backend: earlier.backend,
    status: createObjectStatus(fresh.upstream, status),
  }
}

/** Writing status makes a new object, which is no reason to translate again. */
function isSameUpstream(left: KubeObject, right: KubeObject): boolean {
  if (left === right) return true
  return (
    isDeepStrictEqual(left['spec'], right['spec']) &&
    isDeepStrictEqual(left.metadata.annotations, right.metadata.annotations)
  )
}

function createEntry(moment: Moment, upstream: KubeObject): Entry {
  const reference = referenceOf(upstream)
  const findings = createFindings()
  findings.warnings.push(...warningsOfUnknownFields(upstreamDefinition, upstream))
  const { objects, findSlices, dependencies } = trackView(moment.objects, moment.findSlices)
  const spec = (isRecord(upstream['spec']) ? upstream['spec'] : {}) as UpstreamSpec
  const backendId = upstreamBackendId(reference)
  const { namespace } = reference
  let backend: Backend | undefined
  try {
    backend = translateUpstream({
      ...{ upstream, spec, namespace, backendId, objects, findSlices, findings },
    })
  } catch (error) {
    // The schema keeps wrong types out; an object that came around it must not stop the others.
    findings.errors.push(`the upstream cannot be read: ${(error as Error).message}`)
  }
  return {
    upstream,
    isCurrent: dependencies(),
    backend: findings.errors.length > 0 ? undefined : backend,
    findings,
    status: createObjectStatus(upstream, createGlooStatus(findings)),
  }
}

function referenceOf({ metadata }: KubeObject): ResourceReference {
  return { namespace: metadata.namespace ?? '', name: metadata.name }
}

/** The Upstream that Gloo makes up for a Service that a route names directly. */
function createServiceUpstream({ namespace, name }: ResourceReference, port: number): KubeObject {
  return {
    apiVersion: 'gloo.solo.io/v1',
    kind: 'Upstream',
    metadata: { namespace, name: `kube-svc:${name}-${port}` },
    spec: { kube: { serviceName: name, serviceNamespace: namespace, servicePort: port } },
  }
}
