import { describe, expect, test } from 'vitest'
import type { HttpRouteMatch } from '../../../kinds/specs/http-route-spec.ts'
import { canDelegate, delegatedMatches } from './contain-match.ts'

type Type = 'Exact' | 'PathPrefix' | 'RegularExpression'

const path = (value: string, type: Type = 'PathPrefix'): HttpRouteMatch => ({
  path: { type, value },
})
const regex = (value: string) => path(value, 'RegularExpression')
const exact = (value: string) => path(value, 'Exact')

/** The paths under which a child takes requests. */
const pathsOf = (parent: HttpRouteMatch, child: HttpRouteMatch, inherits: boolean) =>
  delegatedMatches([parent], [child], inherits).map((match) => match.path?.value)

describe('a match of a child lies below one of its parent', () => {
  test.each([
    ['/a', path('/a')],
    ['/a', path('/a/')],
    ['/a/', path('/a')],
    ['/a', path('/a/b')],
    ['/a', exact('/a/b')],
    ['/', path('/a')],
    ['/', {}],
    ['/a', regex('/a')],
    ['/a', regex('/a/.*')],
    ['/', regex('/.*')],
  ])('%s, %j', (parent, child) => {
    expect(pathsOf(path(parent), child, false)).toEqual([child.path?.value ?? '/'])
  })

  test.each([
    ['/a', path('/')],
    ['/a', path('/b')],
    // Prefixes end where a segment ends.
    ['/a', path('/ab')],
    ['/a', exact('/ab')],
    ['/a', {}],
    ['/a', regex('/b/.*')],
    ['/a', regex('/a.*')],
    ['/a', regex('.*')],
    ['/a', regex('/a|/b')],
    ['/a', regex('/a/*')],
    ['/a', regex('/a/(')],
    ['/a', regex('/a/b)|(/b')],
  ])('unless its path leads out: %s, %j', (parent, child) => {
    expect(pathsOf(path(parent), child, false)).toEqual([])
  })

  test('with alternatives and special characters of expressions kept below the path', () => {
    expect(pathsOf(path('/a'), regex('/a/x|/b'), false)).toEqual(['/a/(?:x|/b)'])
    expect(pathsOf(path('/v1.0'), regex('/v1.0/[a-z]+'), false)).toEqual(['/v1\\.0/[a-z]+'])
  })

  test('with all its conditions repeated, and more', () => {
    const parent: HttpRouteMatch = {
      ...path('/a'),
      headers: [{ name: 'X-Team', value: 'one' }],
      queryParams: [{ name: 'q', value: '1', type: 'Exact' }],
      method: 'GET',
    }
    const child: HttpRouteMatch = {
      ...path('/a/b'),
      headers: [
        { name: 'more', value: 'x' },
        { name: 'x-team', value: 'one', type: 'Exact' },
      ],
      queryParams: [{ name: 'q', value: '1' }],
      method: 'GET',
    }
    const take = (changed: Partial<HttpRouteMatch>) =>
      delegatedMatches([parent], [{ ...child, ...changed }], false)
    expect(take({})).toEqual([child])
    const { method: _, ...withoutMethod } = child
    expect(delegatedMatches([parent], [withoutMethod], false)).toEqual([])
    for (const changed of [
      { headers: [] },
      { headers: [{ name: 'x-team', value: 'two' }] },
      { headers: [{ name: 'x-team', value: 'one', type: 'RegularExpression' }] },
      // Only the first condition on a name counts.
      { headers: [{ name: 'x-team', value: 'two' }, ...(child.headers ?? [])] },
      { queryParams: [] },
      { queryParams: [{ name: 'Q', value: '1' }] },
      { method: 'POST' },
    ] as const) {
      expect(take(changed as Partial<HttpRouteMatch>), JSON.stringify(changed)).toEqual([])
    }
  })
})

describe('a match that inherits', () => {
  test.each([
    ['/a', path('/b'), '/a/b'],
    ['/a/', path('/b/'), '/a/b'],
    ['/a', {}, '/a'],
    ['/a', exact('/'), '/a'],
    ['/', {}, '/'],
    ['/a', path('/a'), '/a/a'],
    ['/v1.0', regex('/x|y'), '/v1\\.0/(?:x|y)'],
    ['/a', regex('.*'), '/a/.*'],
  ])('stands below %s: %j', (parent, child, merged) => {
    expect(pathsOf(path(parent), child, true)).toEqual([merged])
  })

  test('is none when its regular expression is none', () => {
    expect(pathsOf(path('/a'), regex('/x)|(y'), true)).toEqual([])
  })

  test('adds conditions, and leaves those of the parent', () => {
    const parent: HttpRouteMatch = {
      ...path('/a'),
      headers: [{ name: 'X-Team', value: 'one' }],
      queryParams: [{ name: 'q', value: '1' }],
      method: 'GET',
    }
    const child: HttpRouteMatch = {
      headers: [
        { name: 'x-team', value: 'two' },
        { name: 'more', value: 'x' },
      ],
      queryParams: [{ name: 'p', value: '2' }],
      method: 'POST',
    }
    expect(delegatedMatches([parent], [child], true)).toEqual([
      {
        ...path('/a'),
        headers: [
          { name: 'X-Team', value: 'one' },
          { name: 'more', value: 'x' },
        ],
        queryParams: [
          { name: 'q', value: '1' },
          { name: 'p', value: '2' },
        ],
        method: 'GET',
      },
    ])
  })
})

test('only prefixes hand requests over', () => {
  expect([{}, path('/a'), exact('/a'), regex('/a')].map(canDelegate)).toEqual([
    ...[true, true, false, false],
  ])
  expect(delegatedMatches([exact('/a')], [exact('/a')], false)).toEqual([])
})

test('what several matches of the parent take in is taken once', () => {
  expect(delegatedMatches([path('/'), path('/a')], [path('/a/b')], false)).toHaveLength(1)
  expect(delegatedMatches([path('/a'), path('/b')], [path('/c')], true)).toHaveLength(2)
})
