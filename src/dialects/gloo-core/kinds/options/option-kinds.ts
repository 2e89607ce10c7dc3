import type { Static } from 'typebox'
import { Type } from '../../../type.ts'
import { optionsGroup } from '../../options/source.ts'
import { defineGlooKind } from '../define-kind.ts'
import { RouteOptions } from './route-options.ts'
import { ignoredList } from './scalars.ts'
import { VirtualHostOptions } from './virtual-host-options.ts'

const targetRefs = () =>
  ignoredList(
    'objects of the Gateway API are not served; refer to this object by optionsConfigRefs',
  )

/** `RouteOption.spec` of projects/gateway/api/v1/external_options.proto. */
export const RouteOptionSpec = Type.Object({
  options: Type.Optional(RouteOptions),
  targetRefs: targetRefs(),
})
export type RouteOptionSpec = Static<typeof RouteOptionSpec>

/** `VirtualHostOption.spec` of the same file. */
const VirtualHostOptionSpec = Type.Object({
  options: Type.Optional(VirtualHostOptions),
  targetRefs: targetRefs(),
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
