import type { Dialect } from '../dialect.ts'
import { emptyConfiguration } from '../empty-configuration.ts'
import type { Contribution } from '../gateway-api/contribution.ts'
import { httpRouteKind } from '../gateway-api/names.ts'
import { routeOptionKind } from '../gloo-core/kinds/option-kinds.ts'
import { addGlooErrors } from '../gloo-core/status/add-errors.ts'
import { directResponse } from './kinds/direct-response.ts'
import { gatewayParameters } from './kinds/gateway-parameters.ts'
import {
  controllerName,
  delegationLabelKind,
  directResponseKind,
  gatewayParametersKind,
  parametersAnnotation,
} from './names.ts'
import { createContributor } from './translate/contributor.ts'
import { reportedKinds } from './translate/statuses/create-statuses.ts'

/** The kinds that Gloo Gateway has beside those of the Gateway API; what they mean is contributed to it. */
export const glooGateway: Dialect = {
  name: 'gloo-gateway',
  kinds: [gatewayParameters, directResponse],
  seeds: [],
  createTranslator: () => ({
    translate: () => ({
      configuration: emptyConfiguration,
      statuses: [],
      secretIds: new Set<string>(),
    }),
  }),
  addErrors: addGlooErrors,
}

/** What Gloo Gateway adds to the Gateway API: its class, options that attach to routes and gateways, Upstreams as backends. */
export const glooGatewayContribution: Contribution = {
  name: 'gloo-gateway',
  backends: [{ group: 'gloo.solo.io', kind: 'Upstream' }],
  filters: [routeOptionKind, directResponseKind],
  delegates: [httpRouteKind, delegationLabelKind],
  parameters: [gatewayParametersKind],
  reports: reportedKinds,
  addErrors: addGlooErrors,
  controllers: [
    {
      controllerName,
      classNames: ['gloo-gateway'],
      description: 'Gateways of Gloo Gateway',
      servicePrefix: 'gloo-proxy-',
      parametersAnnotation: { ...gatewayParametersKind, key: parametersAnnotation },
    },
  ],
  createContributor,
}
