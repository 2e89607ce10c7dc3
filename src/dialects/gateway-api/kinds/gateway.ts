import { integer, list, object, text } from '../../field.ts'
import { ageColumn, defineKind } from './define-kind.ts'
import { conditions, pending } from './fields/conditions.ts'
import { listenerStatuses } from './fields/listeners.ts'
import { atomic, keyedBy } from './fields/scalars.ts'
import { validateGateway } from './rules/gateway-rules.ts'
import { addressType, gatewaySpec } from './specs/gateway-spec.ts'

const status = object(
  'What became of the Gateway.',
  {
    addresses: list(
      'Where it listens.',
      object(
        'An address.',
        { type: addressType(), value: text('The address.', { minLength: 1, maxLength: 253 }) },
        ['value'],
      ),
      { maxItems: 16, ...atomic },
    ),
    attachedListenerSets: integer('How many ListenerSets it has.', { format: 'int32' }),
    conditions: list('Conditions.', conditions().items, {
      default: pending('Accepted', 'Programmed'),
      maxItems: 8,
      ...keyedBy('type'),
    }),
    listeners: listenerStatuses(),
  },
  [],
  { default: { conditions: pending('Accepted', 'Programmed') } },
)

/** `gateway.networking.k8s.io/Gateway`. */
export const gateway = defineKind({
  kind: 'Gateway',
  plural: 'gateways',
  shortNames: ['gtw'],
  description: 'Ports of this gateway and the routes that they take.',
  spec: gatewaySpec,
  status,
  olderVersions: [{ name: 'v1beta1' }],
  columns: [
    { name: 'Class', type: 'string', value: '.spec.gatewayClassName' },
    { name: 'Address', type: 'string', value: '.status.addresses[*].value' },
    {
      name: 'Programmed',
      type: 'string',
      value: '.status.conditions[?(@.type=="Programmed")].status',
    },
    ageColumn,
  ],
  validate: validateGateway,
})
