import type { KubeObject, ObjectReference } from '../../../../kube/kube-object.ts'
import type { ObjectView } from '../../../dialect.ts'
import type { Delegate, DelegateQuery, FoundDelegates } from '../../../gateway-api/contribution.ts'
import { gatewayKind, httpRouteKind } from '../../../gateway-api/names.ts'
import { recordsIn } from '../../../record.ts'
import { specOf } from '../../../shared/spec-of.ts'
import { delegationLabel, delegationLabelKind, inheritMatchesAnnotation } from '../../names.ts'

/** Stands for every route of a namespace. */
const anyName = '*'

/** Stands for every namespace, where a label selects; a wildcard is no name that a reference may hold. */
const anyNamespace = 'all'

const namespaceKind = { group: '', kind: 'Namespace' } as const

const missing = (message: string): FoundDelegates => ({
  type: 'unresolved',
  reason: 'BackendNotFound',
  message: `unresolved reference: ${message}`,
})

/** A route without parents of its own takes requests of any; else its list must name the route that hands them over. */
function canAttach(route: KubeObject, parent: ObjectReference): boolean {
  const references = recordsIn(specOf(route)['parentRefs'])
  return (
    references.length === 0 ||
    references.some(
      ({ group = parent.group, kind = gatewayKind.kind, name, namespace }) =>
        group === parent.group &&
        kind === parent.kind &&
        name === parent.name &&
        (namespace ?? route.metadata.namespace) === parent.namespace,
    )
  )
}

const inheriting = ['true', 'yes', 'enabled']
const notInheriting = ['false', 'no', 'disabled', '']

const inheritanceOf = ({ metadata }: KubeObject) =>
  metadata.annotations?.[inheritMatchesAnnotation]?.toLowerCase() ?? ''

const delegateOf = (route: KubeObject): Delegate => ({
  route: {
    ...httpRouteKind,
    namespace: route.metadata.namespace ?? '',
    name: route.metadata.name,
  },
  inheritsMatches: inheriting.includes(inheritanceOf(route)),
})

/** Finds the HTTPRoutes to which others hand requests. */
export class DelegateFinder {
  readonly #objects: ObjectView
  #byNamespace: ReadonlyMap<string, readonly KubeObject[]> | undefined
  #byLabel: ReadonlyMap<string, readonly KubeObject[]> | undefined

  constructor(objects: ObjectView) {
    this.#objects = objects
  }

  /** The routes that a reference names and that take requests of the parent. */
  find({ reference, parent }: DelegateQuery): FoundDelegates {
    const isLabel = reference.group === delegationLabelKind.group
    return isLabel ? this.#findByLabel(reference, parent) : this.#findByName(reference, parent)
  }

  /** Routes with an annotation that says nothing. */
  findOdd(
    found: FoundDelegates,
  ): readonly { readonly route: ObjectReference; readonly problem: string }[] {
    if (found.type !== 'found') return []
    return found.delegates.flatMap(({ route }) => {
      const object = this.#objects.get(httpRouteKind, route.namespace, route.name)
      const value = object === undefined ? '' : inheritanceOf(object)
      if (inheriting.includes(value) || notInheriting.includes(value)) return []
      const problem = `the annotation ${inheritMatchesAnnotation} has the value '${value}', which is without effect; matches are inherited with 'true'`
      return [{ route, problem }]
    })
  }

  #findByName({ namespace, name }: ObjectReference, parent: ObjectReference): FoundDelegates {
    if (name === anyName) {
      const routes = this.#inNamespace(namespace)
      return attachable(routes, parent, `an HTTPRoute in namespace ${namespace}`)
    }
    const route = this.#objects.get(httpRouteKind, namespace, name)
    return route === undefined
      ? missing(`HTTPRoute ${namespace}/${name} does not exist`)
      : attachable([route], parent, `HTTPRoute ${namespace}/${name}`)
  }

  #findByLabel({ namespace, name }: ObjectReference, parent: ObjectReference): FoundDelegates {
    const labelled = this.#withLabel(name)
    const label = `an HTTPRoute with the label ${delegationLabel}=${name}`
    if (namespace !== anyNamespace) {
      const routes = labelled.filter(({ metadata }) => metadata.namespace === namespace)
      return attachable(routes, parent, `${label} in namespace ${namespace}`)
    }
    if (this.#objects.get(namespaceKind, '', anyNamespace) !== undefined) {
      return missing(
        `wildcard namespace disallowed, as namespace '${anyNamespace}' exists in the cluster; name the namespaces one by one`,
      )
    }
    return attachable(labelled, parent, label)
  }

  #inNamespace(namespace: string): readonly KubeObject[] {
    this.#byNamespace ??= Map.groupBy(
      this.#objects.list(httpRouteKind),
      ({ metadata }) => metadata.namespace ?? '',
    )
    return this.#byNamespace.get(namespace) ?? []
  }

  #withLabel(value: string): readonly KubeObject[] {
    this.#byLabel ??= Map.groupBy(
      this.#objects
        .list(httpRouteKind)
        .filter(({ metadata }) => metadata.labels?.[delegationLabel] !== undefined),
      ({ metadata }) => metadata.labels?.[delegationLabel] ?? '',
    )
    return this.#byLabel.get(value) ?? []
  }
}

function attachable(
  routes: readonly KubeObject[],
  parent: ObjectReference,
  wanted: string,
): FoundDelegates {
  const delegates = routes.filter((route) => canAttach(route, parent)).map(delegateOf)
  return delegates.length > 0
    ? { type: 'found', delegates }
    : missing(
        `${wanted} that takes requests of HTTPRoute ${parent.namespace}/${parent.name} does not exist; its parentRefs must name that route, or be empty`,
      )
}
