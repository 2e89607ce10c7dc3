import type { Static, TSchema } from 'typebox'
import { integer, list, object } from '../../../field.ts'
import { honoured } from '../../../verdict.ts'
import { gatewayGroup } from '../../names.ts'
import { behaviours } from '../behaviours.ts'
import { atomic, group, kindName, namespaceName, objectName, sectionName } from './scalars.ts'

const portNumber = (description: string) =>
  integer(description, { format: 'int32', minimum: 1, maximum: 65_535 })

/** Names the Gateway, or the listener of one, that a route attaches to. */
export const parentReference = () =>
  object(
    'What the route attaches to.',
    {
      group: group(gatewayGroup),
      kind: kindName('Gateway'),
      namespace: namespaceName('The namespace of the route unless given.'),
      name: objectName(),
      sectionName: sectionName('The listener; every one unless given.'),
      port: portNumber('The port of listeners; every one unless given.'),
    },
    ['name'],
  )
export type ParentReference = Static<ReturnType<typeof parentReference>>

export const parentReferences = () =>
  honoured(
    behaviours.parentRefs,
    list('What the route attaches to.', parentReference(), { maxItems: 32, ...atomic }),
  )

const backendFields = () => ({
  group: group(''),
  kind: kindName('Service'),
  name: objectName(),
  namespace: namespaceName('The namespace of the route unless given; another one must grant it.'),
  port: portNumber('The port of the Service.'),
})

/** Names a backend. */
export const backendReference = () =>
  honoured(behaviours.crossNamespace, object('Where requests go.', backendFields(), ['name']))
export type BackendReference = Static<ReturnType<typeof backendReference>>

/** Names a backend of a rule, its share and its filters. */
export const weightedBackendReference = <Filters extends TSchema>(filters: Filters) => {
  const fields = backendFields()
  return object(
    'Where requests go.',
    {
      group: honoured(behaviours.crossNamespace, fields.group),
      kind: honoured(behaviours.crossNamespace, fields.kind),
      name: honoured(behaviours.weights, fields.name),
      namespace: honoured(behaviours.crossNamespace, fields.namespace),
      port: honoured(behaviours.weights, fields.port),
      weight: honoured(
        behaviours.weights,
        integer('The share of requests, beside those of the other backends.', {
          format: 'int32',
          default: 1,
          minimum: 0,
          maximum: 1_000_000,
        }),
      ),
      filters,
    },
    ['name'],
  )
}

/** Names an object of the same namespace. */
export const localReference = () =>
  object(
    'An object of the same namespace.',
    { group: group(), kind: kindName(), name: objectName() },
    ['group', 'kind', 'name'],
  )

/** Names an object that may be in another namespace. */
export const objectReference = () =>
  object(
    'An object.',
    {
      group: group(),
      kind: kindName(),
      name: objectName(),
      namespace: namespaceName('The namespace of the Gateway unless given; another must grant it.'),
    },
    ['group', 'kind', 'name'],
  )

/** Names a Secret. */
export const secretReference = () =>
  object(
    'A Secret.',
    {
      group: group(''),
      kind: kindName('Secret'),
      name: objectName(),
      namespace: namespaceName('The namespace of the Gateway unless given; another must grant it.'),
    },
    ['name'],
  )
export type SecretObjectReference = Static<ReturnType<typeof secretReference>>
