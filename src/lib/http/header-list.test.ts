import { expect, test } from 'vitest'
import { HeaderList } from './header-list.ts'

const create = () => new HeaderList(['accept', 'a', 'x', '1', 'accept', 'b'])

test('get finds the first value and getAll all of them in order', () => {
  expect(create().get('accept')).toBe('a')
  expect(create().getAll('accept')).toEqual(['a', 'b'])
  expect(create().get('missing')).toBeUndefined()
})

test('set replaces every value, in the place of the first', () => {
  const headers = create()
  headers.set('accept', 'c')
  headers.set('y', '2')
  expect(headers.flat).toEqual(['accept', 'c', 'x', '1', 'y', '2'])
})

test('remove takes every value out', () => {
  const headers = create()
  headers.remove('accept')
  expect(headers.flat).toEqual(['x', '1'])
  expect(headers.has('accept')).toBe(false)
})
