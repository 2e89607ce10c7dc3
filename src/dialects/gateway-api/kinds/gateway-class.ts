import type { Static } from 'typebox'
import { list, object, text } from '../../field.ts'
import { honoured, informational } from '../../verdict.ts'
import { behaviours } from './behaviours.ts'
import { ageColumn, defineKind } from './define-kind.ts'
import { conditions, pending } from './fields/conditions.ts'
import {
  controllerNameField,
  group,
  keyedBy,
  kindName,
  namespaceName,
  objectName,
} from './fields/scalars.ts'
import { validateGatewayClass } from './rules/gateway-class-rules.ts'

const spec = object(
  'Which controller serves the gateways of this class.',
  {
    controllerName: honoured(behaviours.gatewayClass, controllerNameField()),
    parametersRef: honoured(
      behaviours.gatewayClass,
      object(
        'Settings of the controller.',
        {
          group: group(),
          kind: kindName(),
          name: objectName(),
          namespace: namespaceName('Its namespace, for kinds that have one.'),
        },
        ['group', 'kind', 'name'],
      ),
    ),
    description: informational(text('For people.', { maxLength: 64 })),
  },
  ['controllerName'],
)
export type GatewayClassSpec = Static<typeof spec>

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
  spec,
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
