import type { Static } from 'typebox'
import { describeFields } from '../../field.ts'
import { guardAnnotations } from '../../gloo-core/kinds/ai/guard-annotations.ts'
import { Type } from '../../type.ts'
import { honoured } from '../../verdict.ts'
import { behaviours } from './behaviours.ts'
import { defineEdgeKind } from './define-edge-kind.ts'
import { Route } from './fields/route.ts'

/** `RouteTable.spec` of projects/gateway/api/v1/route_table.proto. */
export const RouteTableSpec = describeFields(
  Type.Object({
    routes: Type.Optional(Type.Array(Route)),
    weight: honoured(
      behaviours.delegationSelector,
      Type.Optional(
        Type.Integer({
          minimum: -2_147_483_648,
          maximum: 2_147_483_647,
          description: 'Tables that one selector finds are ordered by it, lower first.',
        }),
      ),
    ),
  }),
  {
    routes: 'The routes in their order: the first that matches takes a request.',
    weight: 'Tables that one selector finds are ordered by it, lower first.',
  },
)
export type RouteTableSpec = Static<typeof RouteTableSpec>

/** Routes that a virtual service, or another route table, delegates to. */
export const routeTableKind = defineEdgeKind({
  kind: 'RouteTable',
  plural: 'routetables',
  shortNames: ['rt', 'grt'],
  description: 'Routes that a VirtualService or another RouteTable delegates to.',
  spec: RouteTableSpec,
  annotations: Object.values(guardAnnotations),
})
