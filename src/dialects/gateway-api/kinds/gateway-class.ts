import { list, object, text } from '../../field.ts'
import { ageColumn, defineKind } from './define-kind.ts'
import { conditions, pending } from './fields/conditions.ts'
import { keyedBy } from './fields/scalars.ts'
import { validateGatewayClass } from './rules/gateway-class-rules.ts'
import { gatewayClassSpec } from './specs/gateway-class-spec.ts'

const status = object(
  'What the controller says of the class.',
  {
    conditions: list('Conditions.', conditions().items, {
      default: pending('Accepted'),
      maxItems: 8,
      ...keyedBy('type'),
    }),
    supportedFeatures: list(
      'Features of the API that the controller supports.',
      object('A feature.', { name: text('Its name.') }, ['name']),
      { maxItems: 64, ...keyedBy('name') },
    ),
  },
  [],
  { default: { conditions: pending('Accepted') } },
)

/** `gateway.networking.k8s.io/GatewayClass`. */
export const gatewayClass = defineKind({
  kind: 'GatewayClass',
  plural: 'gatewayclasses',
  shortNames: ['gc'],
  scope: 'Cluster',
  description: 'A kind of gateways, and the controller that serves them.',
  spec: gatewayClassSpec,
  status,
  olderVersions: [{ name: 'v1beta1' }],
  columns: [
    { name: 'Controller', type: 'string', value: '.spec.controllerName' },
    {
      name: 'Accepted',
      type: 'string',
      value: '.status.conditions[?(@.type=="Accepted")].status',
    },
    ageColumn,
    { name: 'Description', type: 'string', priority: 1, value: '.spec.description' },
  ],
  validate: validateGatewayClass,
})
