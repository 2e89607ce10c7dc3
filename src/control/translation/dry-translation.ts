import type { Dialect, ObjectStatus, ObjectView, Translation } from '../../dialects/dialect.ts'
import type { Origin } from '../../ir/origin.ts'
import type { VirtualHost } from '../../ir/virtual-host.ts'
import type { GroupKind, KubeObject } from '../../kube/kube-object.ts'
import { groupOf, objectReferenceOf } from '../../kube/object-key.ts'

/** Objects that are in no store; they stand in the order in which they were given. */
function viewOf(objects: readonly KubeObject[]): ObjectView {
  const list = ({ group, kind }: GroupKind) =>
    objects.filter((object) => object.kind === kind && groupOf(object.apiVersion) === group)
  return {
    list,
    get: (kind, namespace, name) =>
      list(kind).find(
        ({ metadata }) => metadata.name === name && (metadata.namespace ?? '') === namespace,
      ),
  }
}

/** The statuses that these objects, and those that stand from the start, would be given by a running gateway. */
export function translateDry(
  dialects: readonly Dialect[],
  objects: readonly KubeObject[],
): readonly ObjectStatus[] {
  return dryTranslations(dialects, objects).flatMap(({ statuses }) => statuses)
}

/** An address that belongs to nobody (RFC 5737), in the place of those that a running gateway is given. */
const anyAddress = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } }

/** As a running gateway would see them, with the Services that it makes for them. */
function dryTranslations(
  dialects: readonly Dialect[],
  objects: readonly KubeObject[],
): readonly Translation[] {
  const translate = (all: readonly KubeObject[]) => {
    const view = viewWithSeeds(dialects, all)
    return dialects.map((dialect) => dialect.createTranslator().translate(view))
  }
  const stored = objects.map(withUid)
  const first = translate(stored)
  const owned = first.flatMap((translation) => [...(translation.owned ?? [])])
  if (owned.length === 0) return first
  const given = new Set(objects.map(identityOf))
  const made = owned
    .filter((object) => !given.has(identityOf(object)))
    .map((object) => ({ ...object, status: anyAddress }))
  return translate([...stored, ...made])
}

/** What is made for an object names its owner by what a store gives it. */
function withUid(object: KubeObject): KubeObject {
  const { uid = identityOf(object) } = object.metadata
  return { ...object, metadata: { ...object.metadata, uid } }
}

/** A listener that these objects make, with the hosts that it serves. */
export interface DryListener {
  readonly origin: Origin
  readonly virtualHosts: readonly VirtualHost[]
}

/** The listeners that a running gateway would have with these objects and those that stand from the start. */
export function translateDryListeners(
  dialects: readonly Dialect[],
  objects: readonly KubeObject[],
): readonly DryListener[] {
  return dryTranslations(dialects, objects).flatMap(({ configuration }) => {
    const { listeners, virtualHosts } = configuration
    return [...listeners.values()].map(({ origin, virtualHostIds, tls }) => {
      const chained = tls?.flatMap((chain) => chain.virtualHostIds)
      const ids = new Set(chained ?? virtualHostIds)
      const hosts = [...ids].flatMap((id) => virtualHosts.get(id) ?? [])
      return { origin, virtualHosts: hosts }
    })
  })
}

function viewWithSeeds(dialects: readonly Dialect[], objects: readonly KubeObject[]): ObjectView {
  const given = new Set(objects.map(identityOf))
  const seeds = dialects
    .flatMap((dialect) => dialect.seeds)
    .filter((seed) => !given.has(identityOf(seed)))
  return viewOf([...seeds, ...objects])
}

function identityOf(object: KubeObject): string {
  const { group, kind, namespace, name } = objectReferenceOf(object)
  return [group, kind, namespace, name].join('/')
}
