import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findFreePort } from '../../src/lib/http/testing/free-port.ts'
import { findOtherUser } from '../harness/shell/other-user.ts'
import { runCommand, sluiceCommand } from '../harness/shell/run-command.ts'
import { type SluiceProcess, startSluice } from '../harness/sluice-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'refused-starts-'))
let running: SluiceProcess

beforeAll(async () => {
  running = await startSluice()
})
afterAll(async () => {
  await running.stop()
  rmSync(folder, { recursive: true })
})

/** Starts a second one; flags given later win. */
async function startSecond(flags: readonly string[], prefix: readonly string[] = []) {
  const own = [
    ...['--data-dir', join(folder, 'data'), '--address-pool', '127.19.1.0/24'],
    ...['--admin', `127.0.0.1:${await findFreePort()}`],
    ...['--kube-api', `127.0.0.1:${await findFreePort()}`],
  ]
  const command = [...prefix, sluiceCommand, 'serve', ...own, ...flags]
  const { code, stdout, stderr } = await runCommand(command, { cwd: folder })
  expect(stderr).not.toMatch(/^\s+at |node:internal|Error:/m)
  return { code, stdout, stderr }
}

const poolOf = ({ output }: SluiceProcess) =>
  `${/gateway +(127\.\d+\.\d+)\./.exec(output())?.[1]}.0/24`

test.each([
  ['the admin port', () => ['--admin', `127.0.0.1:${running.adminPort}`], '--admin'],
  ['the Kubernetes API port', () => ['--kube-api', `127.0.0.1:${running.kubePort}`], '--kube-api'],
  ['the gateway ports', () => ['--address-pool', poolOf(running)], '--address-pool'],
  ['the data directory', () => ['--data-dir', join(running.folder, 'data')], '--data-dir'],
])('a second Sluice on %s of the first says who holds them', async (_, flags, advice) => {
  const { code, stderr, stdout } = await startSecond(flags())
  expect(code).toBe(1)
  expect(stdout).toBe('')
  expect(stderr).toContain(`in use by sluice (pid ${running.child.pid})`)
  expect(stderr).toContain(advice)
})

test('an address of Redis that is none is refused without being shown', async () => {
  const { code, stderr } = await startSecond(['--redis', 'http://user:hidden@redis.test'])
  expect(code).toBe(1)
  expect(stderr).toContain('--redis is no address of a Redis server')
  expect(stderr).not.toContain('hidden')
})

test('the first one serves on, undisturbed', async () => {
  const answer = await fetch(`http://127.0.0.1:${running.adminPort}/readyz`)
  expect(answer.status).toBe(200)
  expect(running.child.exitCode).toBeNull()
})

test.each([
  [['--no-such-flag'], "unknown option '--no-such-flag'"],
  [['surplus'], 'too many arguments'],
  [['--workers', 'many'], '--workers'],
  [['--kube-api', '16443'], 'HOST:PORT'],
  [['--bind', 'nowhere'], 'IP address'],
  // An address for documentation, which no machine has.
  [['--bind', '203.0.113.9'], '203.0.113.9 is not an address of this machine'],
  [['--address-pool', 'everything'], '--address-pool "everything"'],
  [['--resolve', 'api.test'], 'HOST:PORT:ADDRESS'],
  [['--cacert', '/no/such/file'], '--cacert /no/such/file'],
  [['--access-log', '/no/such/folder/log'], '--access-log /no/such/folder/log'],
  [['-f', '/no/such/manifests'], '-f /no/such/manifests'],
])('serve %j is refused with a sentence', async (flags, sentence) => {
  const { code, stderr } = await startSecond(flags)
  expect(code).toBe(1)
  expect(stderr).toContain(sentence)
})

test('an unknown command is refused with the way to the known ones', async () => {
  const { code, stderr } = await runCommand([sluiceCommand, 'fly'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/unknown command 'fly'[\s\S]*--help/)
})

test('a data directory that this user may not write to is refused', async () => {
  const user = await findOtherUser()
  const outer = mkdtempSync(join(folder, 'outer-'))
  chmodSync(folder, 0o755)
  user.own(outer)
  const readOnly = join(outer, 'read-only')
  mkdirSync(readOnly)
  user.own(readOnly)
  chmodSync(readOnly, 0o500)
  for (const path of [readOnly, join(readOnly, 'below')]) {
    const { code, stderr } = await startSecond(['--data-dir', path], user.prefix)
    expect(code).toBe(1)
    expect(stderr).toContain(`--data-dir ${path} cannot be used: EACCES`)
  }
})

test('a database that is none is refused and left as it is', async () => {
  const dataDir = join(folder, 'damaged')
  mkdirSync(dataDir)
  writeFileSync(join(dataDir, 'objects.db'), 'not a database, though long enough to look like one')
  const { code, stderr } = await startSecond(['--data-dir', dataDir])
  expect(code).toBe(1)
  expect(stderr).toContain(dataDir)
  expect(existsSync(join(dataDir, 'objects.db'))).toBe(true)
})
