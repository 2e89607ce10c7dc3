import type { KubeObject } from '../../../kube/kube-object.ts'
import { isRecord } from '../../../lib/json/is-record.ts'
import { integer, object, text } from '../../field.ts'
import { informational } from '../../verdict.ts'
import { defineKind } from './define-kind.ts'
import { objectReference } from './object-reference.ts'

const time = (description: string) => text(description, { format: 'date-time' })

const schema = informational(
  object(
    'Something that happened to an object.',
    {
      action: text('What was done or failed.'),
      count: integer('How often it happened.', { format: 'int32' }),
      eventTime: time('When it was seen first.'),
      firstTimestamp: time('When it happened first.'),
      involvedObject: objectReference('The object that it happened to.'),
      lastTimestamp: time('When it happened last.'),
      message: text('A sentence for people.'),
      reason: text('One word in CamelCase.'),
      related: objectReference('Another object that takes part.'),
      reportingComponent: text('Who reports it.'),
      reportingInstance: text('Which instance reports it.'),
      series: object('Later occurrences of the same event.', {
        count: integer('How many there are.', { format: 'int32' }),
        lastObservedTime: time('When the last one was seen.'),
      }),
      source: object('Who reports it.', {
        component: text('The program.'),
        host: text('The machine.'),
      }),
      type: text('Normal or Warning.'),
    },
    ['involvedObject'],
  ),
)

const textIn = (object: unknown, field: string): string => {
  const value = isRecord(object) ? object[field] : undefined
  return typeof value === 'string' ? value : ''
}

const involved = ({ involvedObject }: KubeObject) =>
  `${textIn(involvedObject, 'kind').toLowerCase()}/${textIn(involvedObject, 'name')}`

const sourceOf = (event: KubeObject) => {
  const component = textIn(event['source'], 'component') || textIn(event, 'reportingComponent')
  const host = textIn(event['source'], 'host') || textIn(event, 'reportingInstance')
  return [component, host].filter((part) => part !== '').join(', ')
}

const firstSeen = (event: KubeObject) =>
  textIn(event, 'firstTimestamp') || textIn(event, 'eventTime') || undefined

const lastSeen = (event: KubeObject) =>
  textIn(event['series'], 'lastObservedTime') || textIn(event, 'lastTimestamp') || firstSeen(event)

/** `v1/Event`. */
export const event = defineKind({
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  schema,
  // What `kubectl describe` and `kubectl events` select by.
  selectableFields: [
    ...['involvedObject.apiVersion', 'involvedObject.fieldPath', 'involvedObject.kind'],
    ...['involvedObject.name', 'involvedObject.namespace', 'involvedObject.resourceVersion'],
    ...['involvedObject.uid', 'reason', 'reportingComponent', 'source', 'type'],
  ],
  columns: [
    { name: 'Last Seen', type: 'date', value: lastSeen },
    { name: 'Type', type: 'string', value: '.type' },
    { name: 'Reason', type: 'string', value: '.reason' },
    { name: 'Object', type: 'string', value: involved },
    { name: 'Subobject', type: 'string', priority: 1, value: '.involvedObject.fieldPath' },
    { name: 'Source', type: 'string', priority: 1, value: sourceOf },
    { name: 'Message', type: 'string', value: ({ message }) => String(message ?? '').trim() },
    { name: 'First Seen', type: 'date', priority: 1, value: firstSeen },
    { name: 'Count', type: 'integer', priority: 1, value: '.count' },
    { name: 'Name', type: 'string', priority: 1, value: '.metadata.name' },
  ],
})
