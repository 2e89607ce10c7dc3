import type { Static } from 'typebox'
import { integer, object, text } from '../../field.ts'
import { honoured } from '../../verdict.ts'
import { behaviours } from './behaviours.ts'
import { defineKind } from './define-kind.ts'

const spec = object(
  'An answer.',
  {
    status: honoured(
      behaviours.directResponse,
      integer('Its status.', { minimum: 200, maximum: 599 }),
    ),
    body: honoured(
      behaviours.directResponse,
      text('Its body, of type text/plain.', { maxLength: 4096 }),
    ),
  },
  ['status'],
)
export type DirectResponseSpec = Static<typeof spec>

/** An answer that a rule of an HTTPRoute gives by itself. */
export const directResponse = defineKind({
  kind: 'DirectResponse',
  plural: 'directresponses',
  shortNames: ['dr'],
  description: 'An answer that rules of HTTPRoutes give in the place of a backend.',
  spec,
})
