import type { Dialect, ObjectStatus, ObjectView } from '../dialects/dialect.ts'
import type { GroupKind, KubeObject } from '../kube/kube-object.ts'

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
  const given = new Set(objects.map(identityOf))
  const seeds = dialects
    .flatMap((dialect) => dialect.seeds)
    .filter((seed) => !given.has(identityOf(seed)))
  const view = viewOf([...seeds, ...objects])
  return dialects.flatMap((dialect) => dialect.createTranslator().translate(view).statuses)
}

const identityOf = (object: KubeObject) =>
  [groupOf(object), object.kind, object.metadata.namespace ?? '', object.metadata.name].join('/')
