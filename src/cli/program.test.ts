import { expect, test } from 'vitest'
import { CommandError } from './command-error.ts'
import { runProgram } from './program.ts'
import { runCommand } from './testing/start-api.ts'

test('the help lists every command', async () => {
  const { code, out } = await runCommand(['--help'])
  expect(code).toBe(0)
  for (const name of ['dev', 'serve', 'simulate', 'check', 'get', 'version', 'glooctl']) {
    expect(out).toMatch(new RegExp(`\\n  ${name}\\b`))
  }
})

test('version prints the version', async () => {
  expect(await runCommand(['version'])).toEqual({ code: 0, out: 'sluice 0.1.0\n', err: '' })
})

test.each([[['gett']], [['check']], [['get', '--nope']], [['serve', '--workers', '0']]])(
  '%j ends with 1 and words',
  async (parameters) => {
    const { code, err } = await runCommand(parameters)
    expect(code).toBe(1)
    expect(err).toMatch(/^error: /)
    expect(err).not.toMatch(/\n\s+at /)
  },
)

test.each([
  [['gett'], 'sluice --help lists the commands'],
  [['serve', '--workers', '0'], 'sluice serve --help'],
  [['glooctl', 'create', 'secret', 'header', '--nope'], 'glooctl create secret header --help'],
])('%j names the help that helps', async (parameters, help) => {
  expect((await runCommand(parameters)).err).toContain(`\n(${help}`)
})

test('a failure that explains itself is printed under the name of the program', async () => {
  let printed = ''
  const fail = async () => {
    throw new CommandError('port 80 is taken')
  }
  const actions = { version: '1', serve: fail, dev: fail, addClientCommands: fail }
  const terminal = {
    out: () => undefined,
    err: (text: string) => {
      printed += text
    },
  }
  expect(await runProgram(['serve'], actions, terminal)).toBe(1)
  expect(printed).toBe('sluice: port 80 is taken\n')
})
