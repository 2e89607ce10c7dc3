import { choice, list, object } from '../../../field.ts'
import { headerValue, httpName, keyedBy } from './scalars.ts'

/** How a value of a request is compared. */
export const matchType = () =>
  Object.assign(choice('How values are compared.', ['Exact', 'RegularExpression']), {
    default: 'Exact',
  })

/** Conditions on headers; all must hold. */
export const headerMatches = () =>
  list(
    'Headers.',
    object(
      'A header.',
      { type: matchType(), name: httpName('Its name.'), value: headerValue('Its value.') },
      ['name', 'value'],
    ),
    { maxItems: 16, ...keyedBy('name') },
  )
