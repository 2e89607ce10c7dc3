import type { Static } from 'typebox'
import { choice, list, map, object, text } from '../../../field.ts'
import { atomic } from './scalars.ts'

/** Chooses objects by their labels. */
export const labelSelector = () =>
  object(
    'Labels that a namespace must have.',
    {
      matchLabels: map('Labels with their values.', text('A value.')),
      matchExpressions: list(
        'Conditions on labels; all must hold.',
        object(
          'A condition.',
          {
            key: text('The label.'),
            operator: choice('How it is compared.', ['In', 'NotIn', 'Exists', 'DoesNotExist']),
            values: list('What it is compared with.', text('A value.'), atomic),
          },
          ['key', 'operator'],
        ),
        atomic,
      ),
    },
    [],
    { 'x-kubernetes-map-type': 'atomic' },
  )
export type LabelSelector = Static<ReturnType<typeof labelSelector>>
