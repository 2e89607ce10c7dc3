import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCertificateAuthority } from '../certificates/certificate-authority.ts'
import { readSystemAuthorities } from './system-authorities.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-authorities-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const authority = () => openCertificateAuthority({ now: Date.now }).certificate.trim()

test.runIf(process.platform === 'linux')(
  'what the machine trusts and Node does not is found in the first file that there is',
  () => {
    const [own, known] = [authority(), authority()]
    const file = join(folder, 'bundle.pem')
    writeFileSync(file, `# A comment\n${known}\n${own}\n${own}\n`)
    const files = [join(folder, 'absent.pem'), file]
    const sameInOtherLines = known.replaceAll('\n', '\r\n')
    expect(readSystemAuthorities(files, [sameInOtherLines])).toEqual([own])
  },
)

test.runIf(process.platform === 'linux')(
  'a machine without such a file trusts what Node does',
  () => {
    expect(readSystemAuthorities([join(folder, 'absent.pem')], [])).toEqual([])
  },
)
