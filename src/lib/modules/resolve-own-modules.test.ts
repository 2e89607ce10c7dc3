import { expect, test } from 'vitest'
import { findOwnModule } from './resolve-own-modules.ts'

const root = 'file:///opt/sluice/src/'

test.each([
  ['./b.ts', `${root}a.ts`, { url: `${root}b.ts`, format: 'module-typescript' }],
  ['../lib/b.ts', `${root}gateway/a.ts`, { url: `${root}lib/b.ts`, format: 'module-typescript' }],
  ['./b.js', `${root}a.js`, { url: `${root}b.js`, format: 'module' }],
])('%s in %s is taken as it is written', (specifier, parent, expected) => {
  expect(findOwnModule(specifier, parent, root)).toEqual(expected)
})

test.each([
  ['yaml', `${root}a.ts`],
  ['node:fs', `${root}a.ts`],
  ['./data.json', `${root}a.ts`],
  ['./b', `${root}a.ts`],
  ['./b.js', 'file:///opt/sluice/node_modules/yaml/a.js'],
  ['./b.ts', undefined],
])('%s in %s is left to Node', (specifier, parent) => {
  expect(findOwnModule(specifier, parent, root)).toBeUndefined()
})
