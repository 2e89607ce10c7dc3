import type { ObjectReference } from '../../../kube/kube-object.ts'
import type { FilteredRule, FoundFilter } from '../../gateway-api/contribution.ts'
import type { Scope } from '../../gloo-core/options/source.ts'
import type { DirectResponseSpec } from '../kinds/direct-response.ts'
import { directResponseKind } from '../names.ts'

const incompatible = (message: string): FoundFilter => ({ type: 'incompatible', message })

/** What a filter that names a DirectResponse does to its rule. */
export function findDirectResponse(
  scope: Scope,
  { namespace, name }: ObjectReference,
  rule: FilteredRule,
): FoundFilter {
  const { objects, specs } = scope.source
  const count = rule.extensions.filter(({ kind }) => kind === directResponseKind.kind).length
  if (count > 1) {
    return incompatible(
      `multiple DirectResponse extension refs found. expected 1, found ${count}; keep one of them`,
    )
  }
  const object = objects.get(directResponseKind, namespace, name)
  if (object === undefined) {
    const message = `DirectResponse ${namespace}/${name} does not exist; create it or refer to another one`
    return { type: 'unresolved', reason: 'BackendNotFound', message }
  }
  if (rule.hasBackends || rule.isRedirect) {
    const other = rule.isRedirect ? 'a redirect' : 'backends'
    return incompatible(
      `DirectResponse ${namespace}/${name} cannot be applied to route with existing action: the rule has ${other}, too. Keep one of them.`,
    )
  }
  const spec = specs.get<DirectResponseSpec>(object)
  return scope.remember(`DirectResponse ${namespace}/${name}`, [spec], (): FoundFilter => {
    const { status, body = '' } = spec
    const changeAction = () => ({ type: 'direct-response', status, body }) as const
    return { type: 'found', effect: { policies: [], changeAction } }
  })
}
