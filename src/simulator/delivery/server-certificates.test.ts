import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { openCertificateAuthority } from '../../lib/certificates/certificate-authority.ts'
import { ServerCertificates } from './server-certificates.ts'

const hosts = ['api.test', 'runtime.*.cloud.test', '*.models.test']
const open = () =>
  new ServerCertificates(openCertificateAuthority({ now: Date.now }), hosts, ['127.0.0.1'])

test('names without a pattern share one certificate', () => {
  const { subjectAltName } = new X509Certificate(open().fixed().cert)
  expect(subjectAltName).toBe('IP Address:127.0.0.1, DNS:api.test')
})

test('a name that fits a pattern has its own, the same one each time', () => {
  const certificates = open()
  const found = certificates.find('runtime.west.cloud.test')
  expect(found).toBeDefined()
  expect(certificates.find('Runtime.WEST.cloud.test')).toBe(found)
  certificates.renew()
  expect(certificates.find('runtime.west.cloud.test')).not.toBe(found)
})

test.each([['api.test'], ['runtime.cloud.test'], ['a.b.models.test'], ['a/../b.models.test']])(
  '%s has none of its own',
  (name) => {
    expect(open().find(name)).toBeUndefined()
  },
)

test('clients cannot make certificates without end', () => {
  const certificates = open()
  const found = Array.from({ length: 260 }, (_, index) =>
    certificates.find(`n${index}.models.test`),
  )
  expect(found.filter((context) => context !== undefined)).toHaveLength(256)
  expect(certificates.find('n0.models.test')).toBeDefined()
})
