import { list, object } from '../../field.ts'
import { ageColumn, defineKind } from './define-kind.ts'
import { conditions, pending } from './fields/conditions.ts'
import { listenerStatuses } from './fields/listeners.ts'
import { keyedBy } from './fields/scalars.ts'
import { validateListenerSet } from './rules/listener-rules.ts'
import { listenerSetSpec } from './specs/listener-set-spec.ts'

const status = object(
  'What became of the ListenerSet.',
  {
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

/** `gateway.networking.k8s.io/ListenerSet`. */
export const listenerSet = defineKind({
  kind: 'ListenerSet',
  plural: 'listenersets',
  shortNames: ['lset'],
  description: 'Ports that are added to those of a Gateway.',
  spec: listenerSetSpec,
  status,
  olderVersions: [],
  columns: [
    {
      name: 'Accepted',
      type: 'string',
      value: '.status.conditions[?(@.type=="Accepted")].status',
    },
    {
      name: 'Programmed',
      type: 'string',
      value: '.status.conditions[?(@.type=="Programmed")].status',
    },
    ageColumn,
  ],
  validate: validateListenerSet,
})
