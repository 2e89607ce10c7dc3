import { expect, test } from 'vitest'
import { stampTransitions } from './transition-times.ts'

const condition = (status: string, reason: string, lastTransitionTime?: string) => ({
  type: 'Accepted',
  status,
  reason,
  ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }),
})

test('a condition keeps its time while its status stays the same', () => {
  const previous = { conditions: [condition('True', 'Old', 'then')] }
  expect(stampTransitions({ conditions: [condition('True', 'New')] }, previous, 'now')).toEqual({
    conditions: [condition('True', 'New', 'then')],
  })
  expect(stampTransitions({ conditions: [condition('False', 'Old')] }, previous, 'now')).toEqual({
    conditions: [condition('False', 'Old', 'now')],
  })
})

test('entries of lists are found again wherever they stand', () => {
  const listener = (name: string, attachedRoutes: number, time?: string) => ({
    name,
    attachedRoutes,
    conditions: [condition('True', 'Accepted', time)],
  })
  const previous = { listeners: [listener('a', 0, 'first'), listener('b', 0, 'second')] }
  const status = { listeners: [listener('b', 2), listener('c', 0)] }
  expect(stampTransitions(status, previous, 'now')).toEqual({
    listeners: [listener('b', 2, 'second'), listener('c', 0, 'now')],
  })
})

test('what others wrote keeps its time', () => {
  const parents = [{ controllerName: 'other', conditions: [condition('True', 'Accepted', 'then')] }]
  expect(stampTransitions({ parents }, undefined, 'now')).toEqual({ parents })
})

test.each([undefined, 'text', { state: 'Accepted', list: [1, 'two'] }])(
  'a status without conditions stays as it is: %o',
  (status) => {
    expect(stampTransitions(status, { list: [2] }, 'now')).toEqual(status)
  },
)
