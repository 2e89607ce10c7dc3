import { ageColumn, defineKind } from './define-kind.ts'
import { routeStatus } from './fields/route-status.ts'
import { validateGrpcRoute } from './rules/grpc-route-rules.ts'
import { grpcRouteSpec } from './specs/grpc-route-spec.ts'

/** `gateway.networking.k8s.io/GRPCRoute`. */
export const grpcRoute = defineKind({
  kind: 'GRPCRoute',
  plural: 'grpcroutes',
  shortNames: [],
  description: 'Which gRPC calls of a gateway go where.',
  spec: grpcRouteSpec,
  status: routeStatus(),
  olderVersions: [],
  columns: [{ name: 'Hostnames', type: 'string', value: '.spec.hostnames' }, ageColumn],
  validate: validateGrpcRoute,
})
