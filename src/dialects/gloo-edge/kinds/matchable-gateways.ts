import { ignoredTree } from '../../gloo-core/kinds/fields/scalars.ts'
import { Type } from '../../type.ts'
import { defineEdgeKind } from './define-edge-kind.ts'

const reason = 'hybrid gateways, which would select this object, are not served'

/** Part of a hybrid gateway; stored and without effect. */
export const matchableHttpGatewayKind = defineEdgeKind({
  kind: 'MatchableHttpGateway',
  plural: 'httpgateways',
  singular: 'httpgateway',
  shortNames: ['hgw', 'ghgw'],
  description: 'HTTP settings that a hybrid Gateway selects by TLS settings and source address.',
  spec: Type.Object({ matcher: ignoredTree(reason), httpGateway: ignoredTree(reason) }),
})

/** Part of a hybrid gateway; stored and without effect. */
export const matchableTcpGatewayKind = defineEdgeKind({
  kind: 'MatchableTcpGateway',
  plural: 'tcpgateways',
  singular: 'tcpgateway',
  shortNames: ['tgw', 'gtgw'],
  description: 'TCP settings that a hybrid Gateway selects by TLS settings and source address.',
  spec: Type.Object({ matcher: ignoredTree(reason), tcpGateway: ignoredTree(reason) }),
})
