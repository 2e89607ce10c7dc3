import type { KubeObject } from '../../kube/kube-object.ts'
import type { Dialect } from '../dialect.ts'
import type { Contribution, ControllerProfile } from './contribution.ts'
import { backendTlsPolicy } from './kinds/backend-tls-policy.ts'
import { gateway } from './kinds/gateway.ts'
import { gatewayClass } from './kinds/gateway-class.ts'
import { grpcRoute } from './kinds/grpc-route.ts'
import { httpRoute } from './kinds/http-route.ts'
import { listenerSet } from './kinds/listener-set.ts'
import { referenceGrant } from './kinds/reference-grant.ts'
import { controllerName } from './names.ts'
import { addErrors } from './translate/statuses/add-errors.ts'
import { createGatewayApiTranslator } from './translate/translator.ts'

const ownProfile: ControllerProfile = {
  controllerName,
  classNames: ['sluice'],
  description: 'Gateways of Sluice',
  servicePrefix: 'sluice-',
}

const own: Contribution = {
  name: 'gateway-api',
  controllers: [ownProfile],
  createContributor: () => ({ begin: () => ({}) }),
}

const createClass = (profile: ControllerProfile, name: string): KubeObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'GatewayClass',
  metadata: { name },
  spec: { controllerName: profile.controllerName, description: profile.description },
})

/** The Gateway API of Kubernetes, with what other dialects add to it. */
export function createGatewayApi(contributions: readonly Contribution[]): Dialect {
  const all = [own, ...contributions]
  const profiles = all.flatMap(({ controllers = [] }) => controllers)
  return {
    name: 'gateway-api',
    kinds: [
      ...[gatewayClass, gateway, listenerSet, httpRoute, grpcRoute],
      ...[referenceGrant, backendTlsPolicy],
    ],
    seeds: profiles.flatMap((profile) =>
      profile.classNames.map((name) => createClass(profile, name)),
    ),
    createTranslator: () => createGatewayApiTranslator(all),
    addErrors(status, errors, object) {
      const owner = all.find(({ reports = [] }) =>
        reports.some(({ group, kind }) => group === object.group && kind === object.kind),
      )
      return (owner?.addErrors ?? addErrors)(status, errors)
    },
  }
}
