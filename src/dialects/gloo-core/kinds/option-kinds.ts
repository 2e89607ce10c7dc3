import type { Static } from 'typebox'
import { Type } from '../../type.ts'
import { approximated, honoured } from '../../verdict.ts'
import { optionsGroup } from '../options-group.ts'
import { guardAnnotations } from './ai/guard-annotations.ts'
import { behaviours } from './behaviours.ts'
import { defineGlooKind } from './define-kind.ts'
import { HttpListenerOptions } from './listener-options/http-listener-options.ts'
import { ListenerOptions } from './listener-options/listener-options.ts'
import { RouteOptions } from './options/route-options.ts'
import { VirtualHostOptions } from './options/virtual-host-options.ts'

const text = (test: string) => honoured(test, Type.Optional(Type.String()))

const targetReference = {
  group: text(behaviours.targetRefs),
  kind: text(behaviours.targetRefs),
  name: text(behaviours.targetRefs),
  namespace: approximated(
    'options hold on objects of their own namespace only; others are reported',
    behaviours.targetRefs,
    Type.Optional(Type.String()),
  ),
}

/** Routes of the Gateway API that options hold on. */
const targetRefs = Type.Optional(Type.Array(Type.Object(targetReference)))

/** Gateways of the Gateway API, or one listener of each. */
const sectionedTargetRefs = Type.Optional(
  Type.Array(Type.Object({ ...targetReference, sectionName: text(behaviours.sectionNames) })),
)

/** `RouteOption.spec` of projects/gateway/api/v1/external_options.proto. */
export const RouteOptionSpec = Type.Object({
  options: Type.Optional(RouteOptions),
  targetRefs,
})
export type RouteOptionSpec = Static<typeof RouteOptionSpec>

/** `VirtualHostOption.spec` of the same file. */
const VirtualHostOptionSpec = Type.Object({
  options: Type.Optional(VirtualHostOptions),
  targetRefs: sectionedTargetRefs,
})
export type VirtualHostOptionSpec = Static<typeof VirtualHostOptionSpec>

/** Options that several routes share. */
export const routeOptionKind = defineGlooKind({
  group: optionsGroup,
  kind: 'RouteOption',
  plural: 'routeoptions',
  shortNames: ['rto', 'rtopts', 'grto'],
  description: 'Options that several routes share.',
  spec: RouteOptionSpec,
  annotations: Object.values(guardAnnotations),
})

/** Options that several virtual hosts share. */
export const virtualHostOptionKind = defineGlooKind({
  group: optionsGroup,
  kind: 'VirtualHostOption',
  plural: 'virtualhostoptions',
  shortNames: ['vho', 'vhopts', 'gvho'],
  description: 'Options that several virtual hosts share.',
  spec: VirtualHostOptionSpec,
})

/** `ListenerOption.spec` of the same file. */
const ListenerOptionSpec = Type.Object({
  options: Type.Optional(ListenerOptions),
  targetRefs: sectionedTargetRefs,
})
export type ListenerOptionSpec = Static<typeof ListenerOptionSpec>

/** Options of ports. */
export const listenerOptionKind = defineGlooKind({
  group: optionsGroup,
  kind: 'ListenerOption',
  plural: 'listeneroptions',
  shortNames: ['lisopts'],
  description: 'Options of the listeners of a Gateway.',
  spec: ListenerOptionSpec,
})

/** `HttpListenerOption.spec` of the same file. */
const HttpListenerOptionSpec = Type.Object({
  options: Type.Optional(HttpListenerOptions),
  targetRefs: sectionedTargetRefs,
})
export type HttpListenerOptionSpec = Static<typeof HttpListenerOptionSpec>

/** Options of how ports treat HTTP. */
export const httpListenerOptionKind = defineGlooKind({
  group: optionsGroup,
  kind: 'HttpListenerOption',
  plural: 'httplisteneroptions',
  shortNames: ['hlisopts'],
  description: 'Options of how the listeners of a Gateway treat HTTP.',
  spec: HttpListenerOptionSpec,
})
