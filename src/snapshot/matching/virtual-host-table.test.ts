import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CompiledVirtualHost } from '../snapshot.ts'
import { HashedVirtualHostTable } from './virtual-host-table.ts'

const host = (id: string): CompiledVirtualHost => ({ id, name: id, findRoute: () => undefined })

function tableOf(domains: readonly string[]): HashedVirtualHostTable {
  const table = new HashedVirtualHostTable()
  for (const domain of domains) table.add(domain, host(domain))
  return table
}

const domains = [
  ...['api.example.com', 'api.example.com:8443', '*.example.com', '*.eu.example.com'],
  ...['*.example.com:8443', 'api.*', 'api.example.*', '*', '*:9000', '[::1]:80', '[::1]'],
]
const table = tableOf(domains)

test.each([
  ['api.example.com', 'api.example.com'],
  ['API.Example.COM', 'api.example.com'],
  ['api.example.com:8080', 'api.example.com'],
  ['api.example.com:8443', 'api.example.com:8443'],
  ['x.example.com', '*.example.com'],
  ['x.example.com:8443', '*.example.com:8443'],
  ['x.eu.example.com', '*.eu.example.com'],
  ['x.eu.example.com:8443', '*.eu.example.com'],
  ['x.y.example.com', '*.example.com'],
  ['example.com', '*'],
  ['.example.com', '*'],
  ['api.org', 'api.*'],
  ['api.example.org', 'api.example.*'],
  ['other.org', '*'],
  ['other.org:9000', '*:9000'],
  ['[::1]:80', '[::1]:80'],
  ['[::1]', '[::1]'],
  ['[::1]:81', '[::1]'],
  ['', '*'],
])('%s goes to %s', (asked, expected) => {
  expect(table.find(asked)?.id).toBe(expected)
})

test('a host that no domain covers is not found', () => {
  expect(tableOf(['a.example', '*.b.example']).find('c.example')).toBeUndefined()
})

test('a domain that two virtual hosts ask for stays with the first', () => {
  const pair = new HashedVirtualHostTable()
  expect(pair.add('a.example', host('first'))).toBeUndefined()
  expect(pair.add('A.EXAMPLE', host('second'))).toMatchObject({ holder: { id: 'first' } })
  expect(pair.find('a.example')?.id).toBe('first')
})

const name = fc
  .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 })
  .map((labels) => labels.join('.'))
const port = fc.constantFrom('', '', ':1', ':2')
const domain = fc
  .tuple(fc.constantFrom('exact', 'suffix', 'prefix', 'any'), name, port)
  .map(([type, text, suffix]) => {
    const byType = { exact: text, suffix: `*.${text}`, prefix: `${text}.*`, any: '*' }
    return byType[type] + suffix
  })

function findPlainly(all: readonly string[], asked: string): string | undefined {
  const [askedName = '', askedPort] = asked.split(':')
  const rank = (each: string): number => {
    const [pattern = '', wantedPort] = each.split(':')
    if (wantedPort !== undefined && wantedPort !== askedPort) return 0
    const bonus = wantedPort === undefined ? 0 : 1
    if (pattern === askedName) return 1_000_000 + bonus
    const fixed = pattern.replace('*', '')
    const isLonger = askedName.length > fixed.length
    if (pattern.length > 1 && pattern.startsWith('*') && askedName.endsWith(fixed) && isLonger) {
      return 10_000 + 10 * fixed.length + bonus
    }
    if (pattern.endsWith('.*') && askedName.startsWith(fixed) && isLonger) {
      return 100 + 10 * fixed.length + bonus
    }
    return pattern === '*' ? 1 + bonus : 0
  }
  const best = all.toSorted((left, right) => rank(right) - rank(left))[0]
  return best !== undefined && rank(best) > 0 ? best : undefined
}

test('a table finds what comparing every domain finds', () => {
  const hosts = fc.array(
    fc.tuple(name, port).map((parts) => parts.join('')),
    { minLength: 5 },
  )
  fc.assert(
    fc.property(fc.uniqueArray(domain, { maxLength: 12 }), hosts, (all, asked) => {
      const hashed = tableOf(all)
      for (const each of asked) expect(hashed.find(each)?.id).toBe(findPlainly(all, each))
    }),
    { numRuns: 1000 },
  )
})
