import type { Static } from 'typebox'
import { describeFields } from '../../../field.ts'
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
export const Destination = describeFields(
  Type.Object({
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
  }),
  {
    upstream: 'The Upstream.',
    kube: 'A Service of Kubernetes.',
    consul: 'A service of Consul.',
    destinationSpec: 'A function of the Upstream.',
    subset: 'Labels of the endpoints to use.',
  },
)
export type Destination = Static<typeof Destination>

/** `WeightedDestination` of the same file. */
export const WeightedDestination = describeFields(
  Type.Object({
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
  }),
  {
    destination: 'Where requests go.',
    weight: 'Share of the requests beside the other destinations; 0 takes none.',
    options: 'What is done with requests to this destination.',
  },
)
export type WeightedDestination = Static<typeof WeightedDestination>

/** `RouteAction` of the same file. */
export const RouteAction = describeFields(
  Type.Object({
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
  }),
  {
    single: 'The one destination.',
    multi: 'Several destinations that share the requests.',
    upstreamGroup: 'An UpstreamGroup, whose destinations share the requests.',
    clusterHeader: 'Header that names the cluster.',
    dynamicForwardProxy: 'Sends requests to the host that they name.',
  },
)
export type RouteAction = Static<typeof RouteAction>
