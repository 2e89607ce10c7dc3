import type { KubeObject } from '../../../../kube/kube-object.ts'
import { isRecord } from '../../../../lib/json/is-record.ts'
import type { ObjectView } from '../../../dialect.ts'
import { httpRouteKind } from '../../../gateway-api/names.ts'
import { optionsGroup } from '../../../gloo-core/options-group.ts'
import { resolveReference } from '../../../gloo-core/reference.ts'

/** Kinds of the classic API whose objects name options, and routes, whose filters do. */
const referringKinds = [
  ...['VirtualService', 'RouteTable', 'Gateway', 'MatchableHttpGateway'].map((kind) => ({
    ...{ group: optionsGroup, kind },
  })),
  httpRouteKind,
]

/** By spec, which is the same object until it changes. */
const namedBySpec = new WeakMap<object, readonly string[]>()

/** Which options other objects name. */
export class OptionReferences {
  readonly #objects: ObjectView
  /** Made when somebody asks, as most options name their targets themselves. */
  #named: Set<string> | undefined

  constructor(objects: ObjectView) {
    this.#objects = objects
  }

  has({ metadata: { namespace = '', name } }: KubeObject): boolean {
    this.#named ??= new Set(
      referringKinds.flatMap((kind) => this.#objects.list(kind).flatMap(namesOf)),
    )
    return this.#named.has(`${namespace}/${name}`)
  }
}

function namesOf({ spec, metadata: { namespace = '' } }: KubeObject): readonly string[] {
  if (!isRecord(spec)) return []
  const known = namedBySpec.get(spec)
  if (known !== undefined) return known
  const names: string[] = []
  collect(spec, namespace, names)
  namedBySpec.set(spec, names)
  return names
}

function collect(value: unknown, namespace: string, names: string[]): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, namespace, names)
    return
  }
  if (!isRecord(value)) return
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'delegateOptions' && Array.isArray(inner)) {
      for (const item of inner) addName(item, namespace, names)
    } else if (key === 'extensionRef') addName(inner, namespace, names)
    else collect(inner, namespace, names)
  }
}

function addName(value: unknown, ownerNamespace: string, names: string[]): void {
  const reference = resolveReference(value, ownerNamespace)
  if (reference !== undefined) names.push(`${reference.namespace}/${reference.name}`)
}
