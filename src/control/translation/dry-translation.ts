import type { Dialect, ObjectStatus, ObjectView } from '../../dialects/dialect.ts'
import type { Origin } from '../../ir/origin.ts'
import type { VirtualHost } from '../../ir/virtual-host.ts'
import type { GroupKind, KubeObject } from '../../kube/kube-object.ts'

const groupOf = ({ apiVersion }: KubeObject) =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''

/** Objects that are in no store; they stand in the order in which they were given. */
function viewOf(objects: readonly KubeObject[]): ObjectView {
  const list = ({ group, kind }: GroupKind) =>
    objects.filter((object) => object.kind === kind && groupOf(object) === group)
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
  const view = viewWithSeeds(dialects, objects)
  return dialects.flatMap((dialect) => dialect.createTranslator().translate(view).statuses)
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
  const view = viewWithSeeds(dialects, objects)
  return dialects.flatMap((dialect) => {
    const { listeners, virtualHosts } = dialect.createTranslator().translate(view).configuration
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

const identityOf = (object: KubeObject) =>
  [groupOf(object), object.kind, object.metadata.namespace ?? '', object.metadata.name].join('/')
