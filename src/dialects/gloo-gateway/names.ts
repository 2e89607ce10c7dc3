/** The API group of this dialect's own kinds. */
export const glooGatewayGroup = 'gateway.gloo.solo.io'

export const gatewayParametersKind = {
  group: glooGatewayGroup,
  kind: 'GatewayParameters',
} as const
export const directResponseKind = { group: glooGatewayGroup, kind: 'DirectResponse' } as const

/** Gloo's controller, as GatewayClasses name it. */
export const controllerName = 'solo.io/gloo-gateway'

const delegationGroup = 'delegation.gateway.solo.io'

/** A kind of `backendRefs` that stands for every HTTPRoute with a label of this value. */
export const delegationLabelKind = { group: delegationGroup, kind: 'label' } as const
export const delegationLabel = `${delegationGroup}/label`

/** An annotation of HTTPRoutes whose matches stand below those of their parents. */
export const inheritMatchesAnnotation = `${delegationGroup}/inherit-parent-matcher`

/** An annotation of HTTPRoutes with the fields of RouteOptions that children may set anew. */
export const overridesAnnotation = `${delegationGroup}/enable-policy-overrides`

/** The annotation by which a Gateway names its GatewayParameters. */
export const parametersAnnotation = 'gateway.gloo.solo.io/gateway-parameters-name'
