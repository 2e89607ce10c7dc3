import { expect, test } from 'vitest'
import { Computation } from './computation.ts'

type Source = ReadonlyMap<string, unknown>

/** Runs a computation in a fresh translation and counts how often it is really done. */
function createCounter() {
  const done: string[] = []
  let previous: Computation<Source> | undefined
  return {
    done,
    translate<T>(source: Source, compute: (scope: Computation<Source>) => T): T {
      const scope = Computation.root(source, previous)
      const value = compute(scope)
      previous = scope
      return value
    },
  }
}

test('a computation is done again only when an input or something it read has changed', () => {
  const counter = createCounter()
  const run = (source: Source, input: string) =>
    counter.translate(source, (scope) =>
      scope.remember('sum', [input], (inner) => {
        counter.done.push(input)
        return `${input} ${String(inner.read('a', (map) => map.get('a')))}`
      }),
    )
  expect(run(new Map([['a', 1]]), 'x')).toBe('x 1')
  expect(run(new Map([['a', 1]]), 'x')).toBe('x 1')
  expect(counter.done).toHaveLength(1)
  expect(run(new Map([['a', 2]]), 'x')).toBe('x 2')
  expect(run(new Map([['a', 2]]), 'y')).toBe('y 2')
  expect(counter.done).toHaveLength(3)
})

test('a list that was read is the same while its items are', () => {
  const counter = createCounter()
  const item = {}
  const run = (items: readonly unknown[]) =>
    counter.translate(new Map([['list', items]]), (scope) =>
      scope.remember('list', [], (inner) => {
        counter.done.push('list')
        return inner.read('list', (map) => map.get('list'))
      }),
    )
  run([item])
  run([item])
  expect(counter.done).toHaveLength(1)
  run([item, item])
  expect(counter.done).toHaveLength(2)
})

test('an outer computation depends on what the inner ones read, and keeps those that did not change', () => {
  const counter = createCounter()
  const run = (source: Source) =>
    counter.translate(source, (scope) =>
      scope.remember('outer', [], (outer) => {
        counter.done.push('outer')
        return ['a', 'b'].map((key) =>
          outer.remember(key, [], (inner) => {
            counter.done.push(key)
            return inner.read(key, (map) => map.get(key))
          }),
        )
      }),
    )
  run(
    new Map([
      ['a', 1],
      ['b', 1],
    ]),
  )
  run(
    new Map([
      ['a', 1],
      ['b', 1],
    ]),
  )
  expect(counter.done).toEqual(['outer', 'a', 'b'])
  expect(
    run(
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
    ),
  ).toEqual([1, 2])
  expect(counter.done).toEqual(['outer', 'a', 'b', 'outer', 'b'])
})

test('what was asked for twice in one translation is done once', () => {
  const counter = createCounter()
  counter.translate(new Map(), (scope) => {
    for (const _ of [1, 2]) scope.remember('a', [], () => counter.done.push('a'))
  })
  expect(counter.done).toEqual(['a'])
})
