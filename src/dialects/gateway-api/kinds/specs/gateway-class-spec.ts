import type { Static } from 'typebox'
import { object, text } from '../../../field.ts'
import { honoured, informational } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'
import {
  controllerNameField,
  group,
  kindName,
  namespaceName,
  objectName,
} from '../fields/scalars.ts'

/** The spec of a GatewayClass. */
export const gatewayClassSpec = object(
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
export type GatewayClassSpec = Static<typeof gatewayClassSpec>
