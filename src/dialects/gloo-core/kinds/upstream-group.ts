import { count, free, list, map, object, text } from '../../field.ts'
import { honoured, ignored } from '../../verdict.ts'
import { referenceField } from '../reference.ts'
import { behaviours } from './behaviours.ts'
import { defineGlooKind } from './define-kind.ts'

const noConsul = 'a destination in Consul is rejected: Consul is not asked'
const noFunctions = 'requests are forwarded as they are, without calling functions'

const destination = object('Where requests go.', {
  upstream: referenceField(behaviours.group, 'An Upstream.'),
  kube: object('A port of a Kubernetes Service.', {
    ref: referenceField(behaviours.group, 'The Service.'),
    port: honoured(behaviours.group, count('Its port.')),
  }),
  consul: ignored(noConsul, free('A service in Consul.')),
  destinationSpec: ignored(noFunctions, free('A function.')),
  subset: object('A part of the endpoints.', {
    values: ignored('every endpoint is used', map('Labels.', text('A value.'))),
  }),
})

/** `UpstreamGroup` of projects/gloo/api/v1/proxy.proto. */
const UpstreamGroupSpec = object('Destinations that share requests.', {
  destinations: list(
    'The destinations.',
    object('One destination.', {
      destination,
      weight: honoured(behaviours.group, count('Its share beside the others.')),
      options: ignored(
        'header changes and other options belong to the destinations of a route',
        free('Options of the destination.'),
      ),
    }),
  ),
})

/** `gloo.solo.io/v1/UpstreamGroup`. */
export const upstreamGroup = defineGlooKind({
  kind: 'UpstreamGroup',
  plural: 'upstreamgroups',
  shortNames: ['ug', 'gug'],
  description: 'Destinations that routes can share.',
  spec: UpstreamGroupSpec,
})

/** The GroupKind of UpstreamGroup. */
export const upstreamGroupKind = { group: 'gloo.solo.io', kind: 'UpstreamGroup' } as const
