import type { Static } from 'typebox'
import { free, list, map, object, text } from '../../field.ts'
import { honoured, ignored } from '../../verdict.ts'
import { aiExtension } from './ai-extension.ts'
import { behaviours } from './behaviours.ts'
import { defineKind } from './define-kind.ts'

const process = 'gateways run in the threads of this process, not in pods of their own'

const ignoredPart = (description: string, reason = process) => ignored(reason, free(description))

const texts = (description: string) => map(description, text('A value.'), { maxProperties: 64 })

const service = object('The Service of the gateway.', {
  type: ignored(
    'the Service is of type LoadBalancer, because the gateway listens on its address',
    text('ClusterIP, NodePort or LoadBalancer.'),
  ),
  clusterIP: ignored('no address inside a cluster is given', text('An address.')),
  extraLabels: honoured(behaviours.parameters, texts('Labels added to it.')),
  extraAnnotations: honoured(behaviours.parameters, texts('Annotations added to it.')),
  ports: ignored(
    'the ports are those of the listeners, and no node has a port for them',
    list('Ports with their node ports.', free('A port.')),
  ),
  externalTrafficPolicy: ignored('there is one node', text('Local or Cluster.')),
})

const kube = object('What a gateway runs as.', {
  deployment: ignoredPart('How many pods it has.'),
  envoyContainer: ignoredPart('The container of the proxy.'),
  sdsContainer: ignoredPart('The container that hands out certificates.'),
  podTemplate: ignoredPart('What its pods have in common.'),
  service,
  serviceAccount: ignoredPart('The account that its pods run as.'),
  istio: ignoredPart('How it takes part in a mesh.', 'the gateway takes no part in a mesh'),
  stats: ignoredPart(
    'Where the proxy shows its metrics.',
    'metrics are shown on the admin port of the process',
  ),
  aiExtension,
  floatingUserId: ignored(process, { type: 'boolean', description: 'Leave out user ids.' }),
})

const spec = object('How gateways are run.', {
  kube,
  selfManaged: ignoredPart('Set: somebody else runs the proxy.'),
})
export type GatewayParametersSpec = Static<typeof spec>

/** How the gateways that name it are run. */
export const gatewayParameters = defineKind({
  kind: 'GatewayParameters',
  plural: 'gatewayparameters',
  shortNames: ['gwp'],
  description: 'How gateways are run.',
  spec,
})
