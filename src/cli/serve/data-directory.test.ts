import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openDataDirectory } from './data-directory.ts'

const folder = mkdtempSync(join(tmpdir(), 'data-directory-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('missing folders are made, readable by their owner alone', () => {
  const { path } = openDataDirectory(join(folder, 'a/b'))
  expect(statSync(path).mode & 0o777).toBe(0o700)
  expect(openDataDirectory(path).store).toBe(path)
})

test('the folder of :memory: goes when it is closed', () => {
  const directory = openDataDirectory(':memory:')
  expect(directory.store).toBe(':memory:')
  expect(existsSync(directory.path)).toBe(true)
  directory.close()
  expect(existsSync(directory.path)).toBe(false)
})

test('a file in the way is refused by the name of the flag', () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  expect(() => openDataDirectory(file)).toThrow(/^--data-dir .*file cannot be used: EEXIST/)
  expect(() => openDataDirectory(join(file, 'below'))).toThrow(/cannot be used/)
})

test.runIf(process.platform === 'linux')(
  'a folder that the system refuses to make is refused',
  () => {
    expect(() => openDataDirectory('/proc/sluice')).toThrow(/^--data-dir \/proc\/sluice cannot be/)
  },
)
