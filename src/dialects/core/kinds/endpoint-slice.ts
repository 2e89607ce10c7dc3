import type { KubeObject } from '../../../kube/kube-object.ts'
import { choice, flag, integer, list, map, object, text } from '../../field.ts'
import { recordsIn } from '../object-parts.ts'
import { defineKind } from './define-kind.ts'

const atomic = { 'x-kubernetes-list-type': 'atomic' } as const

const hints = object('Who should prefer the endpoint.', {
  forNodes: list('Nodes.', object('A node.', { name: text('Its name.') }, ['name']), atomic),
  forZones: list('Zones.', object('A zone.', { name: text('Its name.') }, ['name']), atomic),
})

const endpoint = object(
  'Something that serves the Service.',
  {
    addresses: list('Its addresses; the first one counts.', text('An address.'), {
      'x-kubernetes-list-type': 'set',
    }),
    conditions: object('Its state.', {
      ready: flag('Whether it takes requests.'),
      serving: flag('Whether it would serve.'),
      terminating: flag('Whether it is going away.'),
    }),
    deprecatedTopology: map('Older topology labels.', text('A value.')),
    hints,
    hostname: text('Its host name.'),
    nodeName: text('The node that it runs on.'),
    targetRef: object(
      'The object that it stands for.',
      {
        apiVersion: text('Its API version.'),
        fieldPath: text('The part of it that is meant.'),
        kind: text('Its kind.'),
        name: text('Its name.'),
        namespace: text('Its namespace.'),
        resourceVersion: text('Its version.'),
        uid: text('Its uid.'),
      },
      [],
      { 'x-kubernetes-map-type': 'atomic' },
    ),
    zone: text('The zone that it runs in.'),
  },
  ['addresses'],
)

const schema = object(
  'Some of the endpoints of a Service.',
  {
    addressType: choice('What kind of addresses it holds.', ['IPv4', 'IPv6', 'FQDN']),
    endpoints: list('The endpoints.', endpoint, atomic),
    ports: list(
      'The ports that every endpoint serves.',
      object('One port.', {
        appProtocol: text('What is spoken there.'),
        name: text('Its name.'),
        port: integer('Its number.', { format: 'int32' }),
        protocol: text('TCP, UDP or SCTP.', { default: 'TCP' }),
      }),
      atomic,
    ),
  },
  ['addressType', 'endpoints'],
)

/** Lists at most three, as kubectl does. */
const shorten = (values: readonly string[]): string => {
  if (values.length === 0) return '<unset>'
  const shown = values.slice(0, 3).join(',')
  return values.length > 3 ? `${shown} + ${values.length - 3} more...` : shown
}

/** `discovery.k8s.io/v1/EndpointSlice`. */
export const endpointSlice = defineKind({
  group: 'discovery.k8s.io',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  shortNames: [],
  schema,
  columns: [
    { name: 'AddressType', type: 'string', value: '.addressType' },
    {
      name: 'Ports',
      type: 'string',
      value: ({ ports }: KubeObject) =>
        shorten(recordsIn(ports).map(({ name, port }) => String(port ?? name ?? '*'))),
    },
    {
      name: 'Endpoints',
      type: 'string',
      value: ({ endpoints }: KubeObject) =>
        shorten(
          recordsIn(endpoints).flatMap(({ addresses }) =>
            Array.isArray(addresses) ? addresses.map(String) : [],
          ),
        ),
    },
  ],
})
