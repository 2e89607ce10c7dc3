import type { Static } from 'typebox'
import { object } from '../../../field.ts'
import { honoured } from '../../../verdict.ts'
import { gatewayGroup } from '../../names.ts'
import { behaviours } from '../behaviours.ts'
import { listeners } from '../fields/listeners.ts'
import { group, kindName, namespaceName, objectName } from '../fields/scalars.ts'

/** The spec of a ListenerSet. */
export const listenerSetSpec = object(
  'Listeners, and the Gateway that serves them.',
  {
    parentRef: honoured(
      behaviours.listenerSets,
      object(
        'The Gateway.',
        {
          group: group(gatewayGroup),
          kind: kindName('Gateway'),
          name: objectName(),
          namespace: namespaceName('The namespace of the ListenerSet unless given.'),
        },
        ['name'],
      ),
    ),
    listeners: listeners(),
  },
  ['listeners', 'parentRef'],
)
export type ListenerSetSpec = Static<typeof listenerSetSpec>
