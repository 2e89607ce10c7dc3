import type { Static } from 'typebox'
import { describeFields } from '../../../field.ts'
import { resourceRef, selectorExpression } from '../../../gloo-core/kinds/fields/scalars.ts'
import { HttpListenerOptions } from '../../../gloo-core/kinds/listener-options/http-listener-options.ts'
import { Type } from '../../../type.ts'
import { honoured } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'

/** `HttpGateway` of projects/gateway/api/v1/http_gateway.proto. */
export const HttpGateway = describeFields(
  Type.Object({
    virtualServices: Type.Optional(Type.Array(resourceRef(behaviours.gatewaySelection))),
    virtualServiceSelector: honoured(
      behaviours.gatewaySelection,
      Type.Optional(
        Type.Unsafe<Readonly<Record<string, string>>>({
          type: 'object',
          additionalProperties: { type: 'string' },
        }),
      ),
    ),
    virtualServiceExpressions: Type.Optional(
      Type.Object({
        expressions: Type.Optional(Type.Array(selectorExpression(behaviours.gatewaySelection))),
      }),
    ),
    virtualServiceNamespaces: honoured(
      behaviours.gatewaySelection,
      Type.Optional(Type.Array(Type.String())),
    ),
    options: Type.Optional(HttpListenerOptions),
    optionsConfigRefs: Type.Optional(
      Type.Object({
        delegateOptions: Type.Optional(Type.Array(resourceRef(behaviours.gatewayOptions))),
      }),
    ),
  }),
  {
    virtualServices: 'The VirtualServices that are served; with no selection every one is.',
    virtualServiceSelector: 'Labels of the VirtualServices that are served.',
    virtualServiceExpressions: 'Conditions for the labels of the VirtualServices that are served.',
    virtualServiceNamespaces:
      "Namespaces of the VirtualServices that are served; '*' is every one.",
    options: 'What is done with connections and requests of this port.',
    optionsConfigRefs: 'HttpListenerOptions whose options the port has as well.',
  },
)
export type HttpGateway = Static<typeof HttpGateway>
