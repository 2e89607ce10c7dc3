import { list, object } from '../../../field.ts'
import { conditions } from './conditions.ts'
import { parentReference } from './references.ts'
import { atomic, controllerNameField } from './scalars.ts'

/** The status of every kind of route. */
export const routeStatus = () =>
  object(
    'What became of the route, by parent.',
    {
      parents: list(
        'One entry per parent and controller.',
        object(
          'What became of the route at one parent.',
          {
            parentRef: parentReference(),
            controllerName: controllerNameField(),
            conditions: conditions(),
          },
          ['conditions', 'controllerName', 'parentRef'],
        ),
        { maxItems: 32, ...atomic },
      ),
    },
    ['parents'],
  )
