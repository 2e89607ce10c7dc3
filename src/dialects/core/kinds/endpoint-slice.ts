import type { KubeObject } from '../../../kube/kube-object.ts'
import { choice, flag, integer, list, map, object, text } from '../../field.ts'
import { recordsIn } from '../../record.ts'
import { honoured, informational } from '../../verdict.ts'
import { defineKind } from './define-kind.ts'
import { objectReference } from './object-reference.ts'

const atomic = { 'x-kubernetes-list-type': 'atomic' } as const

const hints = object('Who should prefer the endpoint.', {
  forNodes: list('Nodes.', object('A node.', { name: text('Its name.') }, ['name']), atomic),
  forZones: list('Zones.', object('A zone.', { name: text('Its name.') }, ['name']), atomic),
})

const target = 'a kube upstream sends requests to the ready endpoints of its Service'

const endpoint = object(
  'Something that serves the Service.',
  {
    addresses: honoured(
      target,
      list('Its addresses; the first one counts.', text('An address.'), {
        'x-kubernetes-list-type': 'set',
      }),
    ),
    conditions: object('Its state.', {
      ready: honoured(target, flag('Whether it takes requests.')),
      serving: informational(flag('Whether it would serve.')),
      terminating: informational(flag('Whether it is going away.')),
    }),
    deprecatedTopology: informational(map('Older topology labels.', text('A value.'))),
    hints: informational(hints),
    hostname: informational(text('Its host name.')),
    nodeName: informational(text('The node that it runs on.')),
    targetRef: informational(objectReference('The object that it stands for.')),
    zone: informational(text('The zone that it runs in.')),
  },
  ['addresses'],
)

const schema = object(
  'Some of the endpoints of a Service.',
  {
    addressType: informational(
      choice('What kind of addresses it holds.', ['IPv4', 'IPv6', 'FQDN']),
    ),
    endpoints: list('The endpoints.', endpoint, atomic),
    ports: honoured(
      target,
      list(
        'The ports that every endpoint serves.',
        object('One port.', {
          appProtocol: text('What is spoken there.'),
          name: text('Its name.'),
          port: integer('Its number.', { format: 'int32' }),
          protocol: text('TCP, UDP or SCTP.', { default: 'TCP' }),
        }),
        atomic,
      ),
    ),
  },
  ['addressType'],
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
