/** The API group of this dialect's own kinds. */
export const glooGatewayGroup = 'gateway.gloo.solo.io'

export const gatewayParametersKind = {
  group: glooGatewayGroup,
  kind: 'GatewayParameters',
} as const
export const directResponseKind = { group: glooGatewayGroup, kind: 'DirectResponse' } as const

/** Gloo's controller, as GatewayClasses name it. */
export const controllerName = 'solo.io/gloo-gateway'

/** The annotation by which a Gateway names its GatewayParameters. */
export const parametersAnnotation = 'gateway.gloo.solo.io/gateway-parameters-name'
