import { ageColumn, defineKind } from './define-kind.ts'
import { routeStatus } from './fields/route-status.ts'
import { validateHttpRoute } from './rules/http-route-rules.ts'
import { httpRouteSpec } from './specs/http-route-spec.ts'

/** `gateway.networking.k8s.io/HTTPRoute`. */
export const httpRoute = defineKind({
  kind: 'HTTPRoute',
  plural: 'httproutes',
  shortNames: [],
  description: 'Which HTTP requests of a gateway go where.',
  spec: httpRouteSpec,
  status: routeStatus(),
  olderVersions: [{ name: 'v1beta1' }],
  columns: [{ name: 'Hostnames', type: 'string', value: '.spec.hostnames' }, ageColumn],
  validate: validateHttpRoute,
})
