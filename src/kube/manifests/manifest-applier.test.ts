import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Shop } from '../resources/testing/shop.ts'
import { ManifestApplier } from './manifest-applier.ts'
import { watchManifests } from './watch-manifests.ts'

let directory: string
let shop: Shop
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'manifests-'))
  shop = new Shop()
})
afterEach(() => {
  rmSync(directory, { recursive: true })
})

const write = (name: string, text: string) => writeFileSync(join(directory, name), text)
const secret = (name: string, more = '') =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: ${name}\n${more}`
const names = () =>
  shop.api.list({ kind: shop.secrets, namespace: '' }).items.map(({ metadata }) => metadata.name)
const apply = () => new ManifestApplier(shop.api, [directory]).apply()

describe('manifests', () => {
  test('are applied from files and folders, several to a file, in an order that works', () => {
    mkdirSync(join(directory, 'deeper'))
    write('a.yaml', `${secret('a', '  namespace: near\n')}---\n${secret('b')}`)
    write('b.json', '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"near"}}')
    write(
      'deeper/c.yml',
      `kind: List\napiVersion: v1\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: c}}`,
    )
    write('notes.txt', 'not a manifest')
    expect(apply()).toEqual([])
    expect(names()).toEqual(['b', 'c', 'a'])
  })

  test('that are as before write nothing', () => {
    write('a.yaml', secret('a'))
    apply()
    const before = shop.store.revision
    apply()
    expect(shop.store.revision).toBe(before)
  })

  test('that leave the files are pruned, and nothing else is', () => {
    shop.createSecret('by-hand')
    write('a.yaml', secret('a'))
    write('b.yaml', secret('b'))
    apply()
    rmSync(join(directory, 'a.yaml'))
    apply()
    expect(names()).toEqual(['b', 'by-hand'])
  })

  test('of a file with an error stay, and the error names file, document and line', () => {
    write('a.yaml', `${secret('a')}---\n${secret('b')}`)
    apply()
    write('a.yaml', `${secret('a')}---\nkind: [\n`)
    write('c.yaml', secret('c'))
    expect(apply()).toMatchObject([
      { severity: 'error', file: join(directory, 'a.yaml'), document: 2 },
    ])
    expect(names()).toEqual(['a', 'b', 'c'])
  })

  test('that are refused stop no other', () => {
    write(
      'a.yaml',
      `${secret('a', 'type: 7\n')}---\n${secret('b')}---\n{apiVersion: x/v1, kind: Other}`,
    )
    expect(apply()).toMatchObject([
      {
        document: 1,
        line: 1,
        object: 'Secret a',
        message: expect.stringContaining('type in body'),
      },
      {
        document: 3,
        message: expect.stringContaining('no matches for kind "Other" in version "x/v1"'),
      },
    ])
    expect(names()).toEqual(['b'])
  })

  test('answer warnings with their place', () => {
    write('a.yaml', 'apiVersion: shop.io/v1\nkind: Widget\nmetadata: {name: a}\nspec: {odd: 1}')
    expect(apply()).toMatchObject([
      { severity: 'warning', object: 'Widget a', message: 'unknown field "spec.odd"' },
    ])
  })

  test('of a path that is gone are kept, and the path is named', () => {
    write('a.yaml', secret('a'))
    apply()
    renameSync(directory, `${directory}-away`)
    expect(apply()).toMatchObject([{ severity: 'error', file: directory }])
    renameSync(`${directory}-away`, directory)
    expect(names()).toEqual(['a'])
  })

  test.each(['folder', 'file'])(
    'are watched in a %s, also when an editor replaces the file',
    async (what) => {
      write('a.yaml', secret('a'))
      const path = what === 'folder' ? directory : join(directory, 'a.yaml')
      const stops: (() => void)[] = []
      const wait = () =>
        new Promise<void>((changed) => {
          stops.push(watchManifests([path], changed))
        })
      const first = wait()
      write('a.tmp', secret('b'))
      renameSync(join(directory, 'a.tmp'), join(directory, 'a.yaml'))
      await first
      const second = wait()
      write('a.yaml', secret('c'))
      await second
      for (const stop of stops) stop()
      apply()
      expect(names()).toEqual(['c'])
    },
  )
})
