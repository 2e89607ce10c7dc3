import type { Static } from 'typebox'
import {
  ignoredText,
  ignoredTree,
  missingProtection,
  resourceRef,
  uint32,
} from '../../../gloo-core/kinds/fields/scalars.ts'
import { unserved } from '../../../gloo-core/kinds/fields/unserved.ts'
import { headerManipulation } from '../../../gloo-core/kinds/options/header-manipulation.ts'
import { Type } from '../../../type.ts'
import { honoured } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'

/** `Destination` of projects/gloo/api/v1/proxy.proto. */
export const Destination = Type.Object({
  upstream: Type.Optional(resourceRef(behaviours.single)),
  kube: Type.Optional(
    Type.Object({
      ref: Type.Optional(resourceRef(behaviours.kube)),
      port: honoured(behaviours.kube, Type.Optional(uint32())),
    }),
  ),
  consul: ignoredTree('Consul is not read; the route answers 503'),
  destinationSpec: ignoredTree('functions of upstreams are not called'),
  subset: ignoredTree('every endpoint of the upstream is used'),
})
export type Destination = Static<typeof Destination>

/** `WeightedDestination` of the same file. */
export const WeightedDestination = Type.Object({
  destination: Type.Optional(Destination),
  weight: honoured(behaviours.multi, Type.Optional(uint32())),
  options: Type.Optional(
    Type.Object({
      headerManipulation: Type.Optional(headerManipulation(behaviours.weightedHeaders)),
      transformations: ignoredTree(unserved.transformations),
      stagedTransformations: ignoredTree(unserved.transformations),
      extensions: ignoredTree(unserved.extensions),
      extauth: missingProtection(unserved.extauth),
      bufferPerRoute: ignoredTree(unserved.buffer),
      csrf: ignoredTree(unserved.csrf),
    }),
  ),
})
export type WeightedDestination = Static<typeof WeightedDestination>

/** `RouteAction` of the same file. */
export const RouteAction = Type.Object({
  single: Type.Optional(Destination),
  multi: Type.Optional(
    Type.Object({ destinations: Type.Optional(Type.Array(WeightedDestination)) }),
  ),
  upstreamGroup: Type.Optional(resourceRef(behaviours.upstreamGroup)),
  clusterHeader: ignoredText(
    'a client could choose any upstream by a header; the route answers 500',
  ),
  dynamicForwardProxy: ignoredTree(
    'clients could reach any host through the gateway; the route answers 500',
  ),
})
export type RouteAction = Static<typeof RouteAction>
