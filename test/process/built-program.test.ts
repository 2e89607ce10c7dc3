import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startSluice } from '../harness/sluice-process.ts'

const project = join(import.meta.dirname, '../..')
const installed = mkdtempSync(join(tmpdir(), 'sluice-built-'))
afterAll(() => rmSync(installed, { recursive: true }))

test('the program that is published starts with all its threads and ends when told', async () => {
  const output = join(installed, 'dist')
  const compiler = join(project, 'node_modules/.bin/tsc')
  execFileSync(compiler, ['-p', 'tsconfig.build.json', '--outDir', output], { cwd: project })
  cpSync(join(project, 'package.json'), join(installed, 'package.json'))
  symlinkSync(join(project, 'node_modules'), join(installed, 'node_modules'))
  const sluice = await startSluice({ mainFile: join(output, 'main.js'), workers: 2 })
  expect(sluice.output()).toContain('is ready')
  expect(await sluice.stop()).toBe(0)
})
