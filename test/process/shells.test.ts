import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { writeShellEnvironment } from '../../src/cli/serve/shell-environment.ts'
import { runCommand, sluiceCommand } from '../harness/shell/run-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'shells-'))
afterAll(() => rmSync(folder, { recursive: true }))

const glooctlCommand = join(dirname(sluiceCommand), 'glooctl')

test.each([
  ['sluice', sluiceCommand, /^sluice \d/],
  ['glooctl', glooctlCommand, /"version": "\d/],
])('%s runs by links to links, from any folder', async (name, command, version) => {
  const links = join(folder, `links of ${name}`)
  mkdirSync(join(links, 'below'), { recursive: true })
  symlinkSync(command, join(links, 'absolute'))
  symlinkSync('../absolute', join(links, 'below', name))
  const { code, stdout } = await runCommand([join(links, 'below', name), 'version'], { cwd: '/' })
  expect(stdout).toMatch(version)
  expect(code).toBe(0)
})

test.each(['bash', 'dash', 'sh', 'bash --posix'])(
  '%s takes the file of the environment',
  async (shell) => {
    const odd = join(folder, `it's $HOME \`odd\` of ${shell}`)
    mkdirSync(odd)
    const file = join(odd, 'env')
    const kubeconfig = join(odd, 'kubeconfig')
    writeShellEnvironment(file, { binFolder: odd, kubeconfig, context: 'a context' })
    const script = '. "$FILE"; . "$FILE"; printf "%s\\n" "$PATH" "$KUBECONFIG" "$CLUSTER1"'
    const { code, stdout, stderr } = await runCommand([...shell.split(' '), '-euc', script], {
      environment: { FILE: file, PATH: '/usr/bin:/bin' },
    })
    expect(stderr).toBe('')
    expect(stdout).toBe(`${odd}:/usr/bin:/bin\n${kubeconfig}\na context\n`)
    expect(code).toBe(0)
  },
)
