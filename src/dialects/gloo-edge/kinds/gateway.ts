import type { Static } from 'typebox'
import { describeFields } from '../../field.ts'
import { ignoredTree, uint32 } from '../../gloo-core/kinds/fields/scalars.ts'
import { ListenerOptions } from '../../gloo-core/kinds/listener-options/listener-options.ts'
import { Type } from '../../type.ts'
import { approximated, honoured, ignored } from '../../verdict.ts'
import { behaviours } from './behaviours.ts'
import { defineEdgeKind } from './define-edge-kind.ts'
import { HttpGateway } from './fields/http-gateway.ts'

const notServed = 'only httpGateway is served'

/** `Gateway.spec` of projects/gateway/api/v1/gateway.proto. */
export const GatewaySpec = describeFields(
  Type.Object({
    ssl: honoured(behaviours.tls, Type.Optional(Type.Boolean())),
    bindAddress: approximated(
      'the gateway listens on the address of the proxy Service',
      behaviours.listener,
      Type.Optional(Type.String()),
    ),
    bindPort: honoured(
      behaviours.listener,
      Type.Optional(
        Type.Integer({ minimum: 0, maximum: 65_535, description: 'A target port of the Service.' }),
      ),
    ),
    options: Type.Optional(ListenerOptions),
    useProxyProto: ignored('the PROXY protocol is not read', Type.Optional(Type.Boolean())),
    httpGateway: Type.Optional(HttpGateway),
    tcpGateway: ignoredTree(notServed),
    hybridGateway: ignoredTree(notServed),
    proxyNames: honoured(behaviours.listener, Type.Optional(Type.Array(Type.String()))),
    routeOptions: Type.Optional(
      Type.Object({
        maxDirectResponseBodySizeBytes: honoured(
          behaviours.directResponseLimit,
          Type.Optional(uint32()),
        ),
        mostSpecificHeaderMutationsWins: honoured(
          behaviours.headerPrecedence,
          Type.Optional(Type.Boolean()),
        ),
      }),
    ),
  }),
  {
    ssl: 'Whether TLS is spoken.',
    bindAddress: 'Address that is listened on.',
    bindPort: 'Port that is listened on: a target port of the Service of the proxy.',
    options: 'What is done with connections of this port.',
    useProxyProto: 'Whether connections begin with the PROXY protocol.',
    httpGateway: 'The VirtualServices that the port serves.',
    tcpGateway: 'TCP connections.',
    hybridGateway: 'Several gateways on one port.',
    proxyNames: 'Proxies that have the port; gateway-proxy by default.',
    routeOptions: 'What holds for every route of the port.',
  },
)
export type GatewaySpec = Static<typeof GatewaySpec>

/** A port of a proxy and the virtual services that it serves. */
export const gatewayKind = defineEdgeKind({
  kind: 'Gateway',
  plural: 'gateways',
  shortNames: ['gw', 'ggw'],
  description: 'A port of a proxy and the VirtualServices that it serves.',
  spec: GatewaySpec,
  columns: [{ name: 'Port', type: 'integer', value: '.spec.bindPort' }],
})
