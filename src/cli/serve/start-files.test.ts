import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openCertificateAuthority } from '../../lib/certificates/certificate-authority.ts'
import { checkAccessLog, checkManifestPaths, readAuthority } from './start-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'start-files-'))
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

test('an authority file may hold several certificates', () => {
  const { certificate } = openCertificateAuthority({ now: Date.now })
  const path = write('two.pem', `# ours\n${certificate}\n${certificate}`)
  expect(readAuthority(path)).toContain(certificate)
})

test.each([
  ['a file that is missing', () => join(folder, 'missing'), /cannot be read: ENOENT/],
  ['a file without a certificate', () => write('none.pem', 'hello'), /holds no certificate/],
  [
    'a damaged certificate',
    () => write('bad.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'),
    /certificate 1 of 1 cannot be read/,
  ],
])('--cacert refuses %s', (_, path, message) => {
  expect(() => readAuthority(path())).toThrow(message)
})

test('an access log that cannot be opened is refused by the name of its flag', () => {
  expect(() => checkAccessLog(join(folder, 'no/such/folder.log'))).toThrow(/^--access-log .*ENOENT/)
  expect(() => checkAccessLog('-')).not.toThrow()
})

test('a manifest path that does not exist is refused', () => {
  expect(() => checkManifestPaths([folder, join(folder, 'missing')])).toThrow(/^-f .*missing/)
})
