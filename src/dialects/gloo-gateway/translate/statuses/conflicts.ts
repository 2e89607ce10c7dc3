import type { GroupKind, KubeObject } from '../../../../kube/kube-object.ts'
import type { GatewaySpec } from '../../../gateway-api/kinds/gateway.ts'
import { gatewayKind, httpRouteKind } from '../../../gateway-api/names.ts'
import {
  httpListenerOptionKind,
  listenerOptionKind,
  virtualHostOptionKind,
} from '../../../gloo-core/kinds/options/option-kinds.ts'
import type { Source } from '../../../gloo-core/options/source.ts'
import type { Attachments } from '../attachments.ts'
import { displayName } from '../cached-kinds.ts'
import { mergeOptions } from '../options/merge-options.ts'

const namesOf = (objects: readonly KubeObject[]) => objects.map(displayName).join(', ')

/** What is said of options that others leave nothing to. */
export class Conflicts {
  readonly #texts = new Map<KubeObject, string[]>()

  of(object: KubeObject): readonly string[] {
    return this.#texts.get(object) ?? []
  }

  addListener(
    kind: GroupKind,
    {
      used,
      ignored,
    }: { readonly used: readonly KubeObject[]; readonly ignored: readonly KubeObject[] },
    listener: string,
    gateway: KubeObject,
  ): void {
    for (const object of ignored) {
      this.#add(
        object,
        `${kind.kind} '${displayName(object)}' not attached to listener '${listener}' on Gateway '${displayName(gateway)}' due to conflict with more specific or older ${kind.kind}s '${namesOf(used)}'`,
      )
    }
  }

  addRoute(used: readonly KubeObject[], ignored: readonly KubeObject[], route: KubeObject): void {
    for (const object of ignored) {
      this.#add(
        object,
        `RouteOption '${displayName(object)}' not attached to HTTPRoute '${displayName(route)}' due to conflict with older RouteOptions '${namesOf(used)}'`,
      )
    }
  }

  #add(object: KubeObject, text: string): void {
    const known = this.#texts.get(object)
    if (known === undefined) this.#texts.set(object, [text])
    else known.push(text)
  }
}

/** Finds the options that contribute nothing where they are attached. */
export function findConflicts({ objects, specs }: Source, attachments: Attachments): Conflicts {
  const conflicts = new Conflicts()
  for (const route of objects.list(httpRouteKind)) {
    const { namespace = '', name } = route.metadata
    const attached = attachments.onRoute({ ...httpRouteKind, namespace, name })
    if (attached.length < 2) continue
    const { used, ignored } = mergeOptions(specs, attached)
    conflicts.addRoute(used, ignored, route)
  }
  for (const gateway of objects.list(gatewayKind)) {
    for (const { name } of specs.get<Partial<GatewaySpec>>(gateway).listeners ?? []) {
      addListenerConflicts(conflicts, { specs, attachments, gateway, listener: name })
    }
  }
  return conflicts
}

function addListenerConflicts(
  conflicts: Conflicts,
  {
    specs,
    attachments,
    gateway,
    listener,
  }: {
    readonly specs: Source['specs']
    readonly attachments: Attachments
    readonly gateway: KubeObject
    readonly listener: string
  },
): void {
  const { namespace = '', name } = gateway.metadata
  const on = (kind: GroupKind) =>
    attachments.onListeners(kind, { ...gatewayKind, namespace, name }, [listener])
  const merged = mergeOptions(specs, on(virtualHostOptionKind))
  conflicts.addListener(virtualHostOptionKind, merged, listener, gateway)
  for (const kind of [listenerOptionKind, httpListenerOptionKind]) {
    const [first, ...ignored] = on(kind)
    const used = first === undefined ? [] : [first]
    conflicts.addListener(kind, { used, ignored }, listener, gateway)
  }
}
