import type { GroupKind, KubeObject } from '../../../../kube/kube-object.ts'
import type { GatewaySpec } from '../../../gateway-api/kinds/specs/gateway-spec.ts'
import { gatewayKind, httpRouteKind } from '../../../gateway-api/names.ts'
import {
  httpListenerOptionKind,
  listenerOptionKind,
  routeOptionKind,
  virtualHostOptionKind,
} from '../../../gloo-core/kinds/option-kinds.ts'
import type { Source } from '../../../gloo-core/options/source.ts'
import type { Attachments } from '../attachments.ts'
import { displayName } from '../cached-kinds.ts'
import { type HiddenFields, mergeOptions } from '../options/merge-options.ts'

const namesOf = (objects: readonly KubeObject[]) => objects.map(displayName).join(', ')

/** Which options are in force where they are attached, and which are not. */
interface Merged {
  readonly used: readonly KubeObject[]
  readonly ignored: readonly KubeObject[]
  readonly hidden: readonly HiddenFields[]
}

/** What is said of options that others leave nothing to, or not all. */
export class Conflicts {
  readonly #texts = new Map<KubeObject, string[]>()

  of(object: KubeObject): readonly string[] {
    return this.#texts.get(object) ?? []
  }

  addListener(kind: GroupKind, merged: Merged, listener: string, gateway: KubeObject): void {
    const where = `listener '${listener}' on Gateway '${displayName(gateway)}'`
    this.#addAll(kind, merged, where, 'more specific or older')
  }

  addRoute(merged: Merged, route: KubeObject): void {
    this.#addAll(routeOptionKind, merged, `HTTPRoute '${displayName(route)}'`, 'older')
  }

  #addAll(
    { kind }: GroupKind,
    { used, ignored, hidden }: Merged,
    where: string,
    others: string,
  ): void {
    for (const object of ignored) {
      this.#add(
        object,
        `${kind} '${displayName(object)}' not attached to ${where} due to conflict with ${others} ${kind}s '${namesOf(used)}'`,
      )
    }
    for (const { object, fields } of hidden) {
      const names = namesOf(used.filter((each) => each !== object))
      this.#add(
        object,
        `${fields.join(', ')} of ${kind} '${displayName(object)}' not in force on ${where}, because older ${kind}s '${names}' set the same`,
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
    conflicts.addRoute(mergeOptions(specs, attached), route)
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
  const reference = { ...gatewayKind, namespace, name }
  const on = (kind: GroupKind) => attachments.onListeners(kind, reference, [listener])
  const hosts = on(virtualHostOptionKind)
  const merged = { ...mergeOptions(specs, hosts), hidden: [] }
  conflicts.addListener(virtualHostOptionKind, merged, listener, gateway)
  // Options of a section stand before those of the whole Gateway on purpose.
  const whole = attachments.onListeners(virtualHostOptionKind, reference, [])
  for (const level of [hosts.filter((object) => !whole.includes(object)), whole]) {
    const alike = { ...mergeOptions(specs, level), ignored: [] }
    conflicts.addListener(virtualHostOptionKind, alike, listener, gateway)
  }
  for (const kind of [listenerOptionKind, httpListenerOptionKind]) {
    const [first, ...ignored] = on(kind)
    const used = first === undefined ? [] : [first]
    conflicts.addListener(kind, { used, ignored, hidden: [] }, listener, gateway)
  }
}
