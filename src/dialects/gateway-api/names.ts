/** The API group of this dialect's kinds. */
export const gatewayGroup = 'gateway.networking.k8s.io'

/** What classes served by Sluice name in `spec.controllerName`. */
export const controllerName = 'sluice.dev/gateway-controller'

export const gatewayClassKind = { group: gatewayGroup, kind: 'GatewayClass' } as const
export const gatewayKind = { group: gatewayGroup, kind: 'Gateway' } as const
export const listenerSetKind = { group: gatewayGroup, kind: 'ListenerSet' } as const
export const httpRouteKind = { group: gatewayGroup, kind: 'HTTPRoute' } as const
export const grpcRouteKind = { group: gatewayGroup, kind: 'GRPCRoute' } as const
export const referenceGrantKind = { group: gatewayGroup, kind: 'ReferenceGrant' } as const
export const backendTlsPolicyKind = { group: gatewayGroup, kind: 'BackendTLSPolicy' } as const
