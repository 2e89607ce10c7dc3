import { describe, expect, test } from 'vitest'
import { parseFieldSelector } from '../../selectors/field-selector.ts'
import { parseLabelSelector } from '../../selectors/label-selector.ts'

describe('label selectors', () => {
  const labels = { app: 'web', tier: 'front', size: '7', 'a.io/x': '' }
  test.each([
    ['app=web', true],
    ['app==web,tier=front', true],
    ['app=web, tier=back', false],
    ['app!=web', false],
    ['missing!=web', true],
    ['app in (db, web)', true],
    ['app in (db)', false],
    ['app notin (db)', true],
    ['missing notin (db)', true],
    ['missing in (db)', false],
    ['app', true],
    ['!app', false],
    ['!missing', true],
    ['size>6', true],
    ['size<7', false],
    ['app>1', false],
    ['a.io/x=', true],
    ['a.io/x in (,b)', true],
    ['toString', false],
    ['', true],
  ])('%s is %s', (text, expected) => {
    expect(parseLabelSelector(text)(labels)).toBe(expected)
  })

  test.each([
    'app=web,',
    '=web',
    'app in web',
    'app in (web',
    '-app=x',
    'app=we$b',
    'a b',
    'size>x',
  ])('%s is refused', (text) => {
    expect(() => parseLabelSelector(text)).toThrow('unable to parse requirement')
  })
})

describe('field selectors', () => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'a', namespace: 'n' },
    type: 'x,y=z',
  }
  test.each([
    ['metadata.name=a', true],
    ['metadata.name==a,metadata.namespace=n', true],
    ['metadata.name!=a', false],
    [String.raw`type=x\,y\=z`, true],
    ['type=', false],
  ])('%s is %s', (text, expected) => {
    expect(parseFieldSelector(text, ['type']).matches(secret)).toBe(expected)
  })

  test('a path that the kind does not offer is refused with those it offers', () => {
    expect(() => parseFieldSelector('spec.x=1', ['type'])).toThrow(
      'field label not supported: spec.x (supported: metadata.name, metadata.namespace, type)',
    )
  })

  test('a term without an operator is refused', () => {
    expect(() => parseFieldSelector('metadata.name', [])).toThrow(
      "invalid selector: 'metadata.name'",
    )
  })
})
