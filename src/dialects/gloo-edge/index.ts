import type { Dialect } from '../dialect.ts'
import { addGlooErrors } from '../gloo-core/status/add-errors.ts'
import { gatewayKind } from './kinds/gateway.ts'
import { matchableHttpGatewayKind, matchableTcpGatewayKind } from './kinds/matchable-gateways.ts'
import { routeTableKind } from './kinds/route-table.ts'
import { virtualServiceKind } from './kinds/virtual-service.ts'
import { seeds } from './seeds.ts'
import { createEdgeTranslator } from './translate/translator.ts'

/** The classic API of Gloo Edge: virtual services, route tables and gateways. */
export const glooEdge: Dialect = {
  name: 'gloo-edge',
  kinds: [
    virtualServiceKind,
    routeTableKind,
    gatewayKind,
    matchableHttpGatewayKind,
    matchableTcpGatewayKind,
  ],
  seeds,
  createTranslator: createEdgeTranslator,
  addErrors: addGlooErrors,
}
