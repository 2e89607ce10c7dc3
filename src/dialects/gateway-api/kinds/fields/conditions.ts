import { choice, integer, list, object, text } from '../../../field.ts'
import { keyedBy } from './scalars.ts'

/** The conditions of a status. */
export const conditions = () =>
  list(
    'What is the case with the object.',
    object(
      'A condition.',
      {
        type: text('What it says something about.', { maxLength: 316 }),
        status: choice('Whether it is the case.', ['True', 'False', 'Unknown']),
        reason: text('Why, as one word.', { minLength: 1, maxLength: 1024 }),
        message: text('Why, for people.', { maxLength: 32_768 }),
        observedGeneration: integer('The generation that it speaks of.', {
          format: 'int64',
          minimum: 0,
        }),
        lastTransitionTime: text('Since when.', { format: 'date-time' }),
      },
      ['lastTransitionTime', 'message', 'reason', 'status', 'type'],
    ),
    { maxItems: 8, ...keyedBy('type') },
  )

/** Conditions of an object that no controller has looked at yet. */
export const pending = (...types: readonly string[]) =>
  types.map((type) => ({
    type,
    status: 'Unknown',
    reason: 'Pending',
    message: 'Waiting for controller',
    lastTransitionTime: '1970-01-01T00:00:00Z',
  }))
