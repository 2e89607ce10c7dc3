import type { PeerCertificate } from 'node:tls'
import { expect, test } from 'vitest'
import { checkNames } from './check-names.ts'

const certificate = {
  subject: { CN: 'cn.test' },
  subjectaltname:
    'DNS:a.test, DNS:*.b.test, URI:spiffe://trust/a, URI:"spiffe://x, URI:spiffe://y, z", URI:spiffe://last',
} as unknown as PeerCertificate

test.each([
  [[], true],
  [['a.test'], true],
  [['x.b.test'], true],
  [['cn.test'], false],
  [['c.test'], false],
  [['c.test', 'a.test'], true],
  [['spiffe://trust/a'], true],
  [['spiffe://trust/b'], false],
  [['spiffe://trust/b', 'a.test'], true],
  [['spiffe://y'], false],
  [['spiffe://last'], true],
])('a certificate is good for one of %o: %s', (names, isGood) => {
  expect(checkNames(names, certificate) === undefined).toBe(isGood)
})
