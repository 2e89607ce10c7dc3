import { expect, test } from 'vitest'
import { addGlooErrors } from './add-errors.ts'
import { createGlooStatus, createObjectStatus } from './report.ts'

test('an object without findings is Accepted and has no reason', () => {
  expect(createGlooStatus({ errors: [], warnings: [] })).toEqual({
    state: 'Accepted',
    reportedBy: 'gloo',
  })
})

test('warnings alone make Warning', () => {
  expect(createGlooStatus({ errors: [], warnings: ['a is odd', 'b is odd'] })).toEqual({
    state: 'Warning',
    reason: 'warning: \n  a is odd\nb is odd',
    reportedBy: 'gloo',
  })
})

test('errors make Rejected, and the warnings follow them', () => {
  expect(createGlooStatus({ errors: ['a is wrong'], warnings: ['b is odd'] })).toEqual({
    state: 'Rejected',
    reason: '1 error occurred:\n\t* a is wrong\n\n\nwarning: \n  b is odd',
    reportedBy: 'gloo',
  })
})

test('a status stands under the namespace of the controller', () => {
  const object = {
    apiVersion: 'gloo.solo.io/v1',
    kind: 'Upstream',
    metadata: { namespace: 'default', name: 'openai' },
  }
  expect(createObjectStatus(object, { state: 'Accepted', reportedBy: 'gloo' })).toEqual({
    object: { group: 'gloo.solo.io', kind: 'Upstream', namespace: 'default', name: 'openai' },
    status: { statuses: { 'gloo-system': { state: 'Accepted', reportedBy: 'gloo' } } },
  })
})

test('what the gateway could not put in force is added to the reasons before', () => {
  const status = { statuses: { 'gloo-system': { state: 'Warning', reason: 'odd' }, other: {} } }
  const errors = [{ fieldPath: 'spec.bindPort', message: 'the port is in use' }]
  expect(addGlooErrors(status, errors)).toEqual({
    statuses: {
      'gloo-system': {
        state: 'Rejected',
        reason: '1 error occurred:\n\t* spec.bindPort: the port is in use\n\n\nodd',
        reportedBy: 'gloo',
      },
      other: {},
    },
  })
  expect(addGlooErrors(status, [])).toBe(status)
})
