import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { KubeObject } from '../kube-object.ts'
import type { Revision } from './history.ts'
import { ObjectStore } from './object-store.ts'

const kind = { group: '', kind: 'ConfigMap' }
const configMap = (name: string, namespace = 'default', data = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
})
const put = (object: KubeObject) => ({ type: 'put' as const, object })
const reference = (name: string, namespace = 'default') => ({ ...kind, namespace, name })
const nameOf = (object: KubeObject) => `${object.metadata.namespace}/${object.metadata.name}`

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'store-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true })
})

describe.each(['file', ':memory:'])('a store in %s', (where) => {
  const open = (limits?: { maxCount: number; maxBytes: number }) =>
    new ObjectStore(where === 'file' ? directory : where, limits)

  test('gives every write a higher resourceVersion', () => {
    const store = open()
    const [first] = store.commit([put(configMap('a'))])
    const [second, third] = store.commit([put(configMap('a')), put(configMap('b'))])
    expect([first, second, third].map((object) => object?.metadata.resourceVersion)).toEqual([
      '1',
      '2',
      '3',
    ])
    store.commit([{ type: 'delete', reference: reference('a') }])
    expect(store.revision).toBe(4)
    store.close()
  })

  test('lists in the order of namespace and name, and one namespace alone', () => {
    const store = open()
    const names = [
      ['b', 'n'],
      ['a', 'n-2'],
      ['a', 'n'],
      ['z', 'a'],
    ] as const
    for (const [name, namespace] of names) store.commit([put(configMap(name, namespace))])
    expect(store.list(kind).map(nameOf)).toEqual(['a/z', 'n-2/a', 'n/a', 'n/b'])
    expect(store.list(kind, 'n').map(nameOf)).toEqual(['n/a', 'n/b'])
    expect(store.list(kind, 'other')).toEqual([])
    store.close()
  })

  test('shares unchanged objects, frozen', () => {
    const store = open()
    store.commit([put(configMap('a', 'default', { x: 'y' })), put(configMap('b'))])
    const before = store.get(reference('a'))
    store.commit([put(configMap('b'))])
    expect(store.get(reference('a'))).toBe(before)
    expect(store.list(kind)[0]).toBe(before)
    expect(Object.isFrozen(before?.['data'])).toBe(true)
    store.close()
  })

  test('tells each change once, in order, also those that listeners make', () => {
    const store = open()
    const seen: string[] = []
    const note = (revision: Revision) => seen.push(`${revision.type} ${revision.revision}`)
    store.subscribe(({ type }) => {
      if (type === 'added') store.commit([put(configMap('a', 'default', { again: 'yes' }))])
    })
    const stop = store.subscribe(note)
    store.commit([put(configMap('a'))])
    store.commit([{ type: 'delete', reference: reference('a') }])
    stop()
    store.commit([{ type: 'delete', reference: reference('absent') }])
    expect(seen).toEqual(['added 1', 'modified 2', 'deleted 3'])
    store.close()
  })

  test('remembers recent changes and says when some are forgotten', () => {
    const store = open({ maxCount: 2, maxBytes: 1e6 })
    for (const name of ['a', 'b', 'c']) store.commit([put(configMap(name))])
    expect(store.history.since(1)?.map(({ revision }) => revision)).toEqual([2, 3])
    expect(store.history.since(3)).toEqual([])
    expect(store.history.since(0)).toBeUndefined()
    store.close()
  })

  test('bounds the history by bytes too', () => {
    const store = open({ maxCount: 100, maxBytes: 3000 })
    for (const name of ['a', 'b', 'c']) {
      store.commit([put(configMap(name, 'default', { x: 'x'.repeat(1200) }))])
    }
    expect(store.history.oldest).toBe(1)
    store.close()
  })
})

describe('a store on disk', () => {
  test('has everything again after it was opened anew', () => {
    const first = new ObjectStore(directory)
    first.commit([put(configMap('a')), put(configMap('b'))])
    first.commit([{ type: 'delete', reference: reference('b') }])
    const stored = first.list(kind)
    first.close()
    const second = new ObjectStore(directory)
    expect(second.list(kind)).toEqual(stored)
    expect(second.revision).toBe(3)
    expect(second.history.since(2)).toBeUndefined()
    second.close()
  })

  test('is readable by its owner only', () => {
    const inner = join(directory, 'data')
    const store = new ObjectStore(inner)
    store.commit([put(configMap('a'))])
    expect(statSync(inner).mode & 0o777).toBe(0o700)
    for (const file of ['objects.db', 'objects.db-wal']) {
      expect(statSync(join(inner, file)).mode & 0o777).toBe(0o600)
    }
    store.close()
  })

  test('narrows the mode of a file that others could read', () => {
    new ObjectStore(directory).close()
    chmodSync(join(directory, 'objects.db'), 0o644)
    new ObjectStore(directory).close()
    expect(statSync(join(directory, 'objects.db')).mode & 0o777).toBe(0o600)
  })

  test('is used by one at a time, and the second is told so', () => {
    const store = new ObjectStore(directory)
    expect(() => new ObjectStore(directory)).toThrow(/is in use by another process.*--data-dir/)
    store.close()
    new ObjectStore(directory).close()
  })

  test('of a later format is refused', () => {
    new ObjectStore(directory).close()
    const database = new DatabaseSync(join(directory, 'objects.db'))
    database.exec('PRAGMA user_version = 99')
    database.close()
    expect(() => new ObjectStore(directory)).toThrow(/format 99 .* use the newer program/)
  })

  test('that is no database is named in the error', () => {
    writeFileSync(
      join(directory, 'objects.db'),
      'not a database, but long enough to be taken for one'.repeat(99),
    )
    expect(() => new ObjectStore(directory)).toThrow(`${directory} cannot be used`)
  })

  test('keeps every acknowledged write when its process is killed at any moment', async () => {
    const acknowledged: string[] = []
    for (const count of [3, 17, 40]) acknowledged.push(...(await stormUntilKilled(count)))
    const store = new ObjectStore(directory)
    const names = new Set(store.list(kind).map((object) => object.metadata.name))
    expect(acknowledged.filter((name) => !names.has(name))).toEqual([])
    expect(acknowledged.length).toBeGreaterThanOrEqual(60)
    expect(store.revision).toBe(names.size)
    store.close()
  })
})

/** Names that the process had acknowledged when it was killed, after at least `count`. */
async function stormUntilKilled(count: number): Promise<string[]> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'testing/storm.ts'), directory],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let output = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (text: string) => {
    output += text
    if (output.split('\n').length > count) child.kill('SIGKILL')
  })
  await new Promise((resolve) => child.once('close', resolve))
  // What follows the last line break was cut off by the kill.
  return output.split('\n').slice(0, -1)
}
