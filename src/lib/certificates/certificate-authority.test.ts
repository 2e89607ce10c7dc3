import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openCertificateAuthority, type ServerCertificate } from './certificate-authority.ts'

const dayMs = 24 * 60 * 60 * 1000
let root: string
let folder: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'authority-'))
  folder = join(root, 'ca')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function open(timeMs = Date.now()) {
  return openCertificateAuthority({ folder, now: () => timeMs })
}

async function handshake(server: ServerCertificate, ca: string, servername: string) {
  const listener = createServer({ cert: server.certificate, key: server.privateKey })
  listener.on('tlsClientError', () => {})
  listener.on('secureConnection', (socket) => socket.on('error', () => {}).end())
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  const client = connect({ port, host: '127.0.0.1', servername, ca })
  try {
    await once(client, 'secureConnect')
  } finally {
    client.destroy()
    listener.close()
  }
}

describe('a server certificate', () => {
  const authority = openCertificateAuthority({ now: Date.now })
  const server = authority.issueServerCertificate({
    names: ['api.openai.com', '*.example.com', '127.0.0.1', '2001:db8::ff00:42', '::ffff:10.1.2.3'],
  })
  const parsed = new X509Certificate(server.certificate)

  test('is accepted by a client that trusts the authority', async () => {
    await handshake(server, authority.certificate, 'api.openai.com')
    await handshake(server, authority.certificate, 'any.example.com')
  })

  test('is refused for another name', async () => {
    await expect(handshake(server, authority.certificate, 'api.mistral.ai')).rejects.toThrow(
      /altnames/,
    )
  })

  test('is refused by a client that trusts another authority', async () => {
    const other = openCertificateAuthority({ now: Date.now })
    await expect(handshake(server, other.certificate, 'api.openai.com')).rejects.toThrow(
      /certificate/,
    )
  })

  test('names every DNS name and IP address', () => {
    expect(parsed.subjectAltName?.split(', ').sort()).toEqual([
      'DNS:*.example.com',
      'DNS:api.openai.com',
      'IP Address:0:0:0:0:0:FFFF:A01:203',
      'IP Address:127.0.0.1',
      'IP Address:2001:DB8:0:0:0:0:FF00:42',
    ])
    expect(parsed.checkIP('2001:db8::ff00:42')).toBe('2001:db8::ff00:42')
  })

  test('serves TLS servers only, for a year or less', () => {
    expect(parsed.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
    expect(parsed.ca).toBe(false)
    const lifetimeMs = parsed.validToDate.getTime() - parsed.validFromDate.getTime()
    expect(lifetimeMs).toBeLessThanOrEqual(365 * dayMs)
    expect(parsed.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1')
  })

  test('links to its authority by issuer and key', () => {
    const authorityCertificate = new X509Certificate(authority.certificate)
    expect(authorityCertificate.ca).toBe(true)
    expect(parsed.checkIssued(authorityCertificate)).toBe(true)
    expect(parsed.verify(authorityCertificate.publicKey)).toBe(true)
  })

  test('is the same for the same names in any order', () => {
    const first = authority.issueServerCertificate({ names: ['a.test', 'b.test'] })
    expect(authority.issueServerCertificate({ names: ['B.test', 'a.test', 'a.test'] })).toBe(first)
  })

  test.each(['', 'a b', 'a..b', '*', 'a.*.b', 'fe80::1%eth0', 'a\nb', `${'a'.repeat(64)}.test`])(
    'is not issued for %j',
    (name) => {
      expect(() => authority.issueServerCertificate({ names: [name] })).toThrow(
        'is neither a DNS name nor an IP address',
      )
    },
  )

  test('is not issued without a name', () => {
    expect(() => authority.issueServerCertificate({ names: [] })).toThrow('at least one name')
  })

  test('carries an international name in its ASCII form', () => {
    const { certificate } = authority.issueServerCertificate({ names: ['bücher.example'] })
    expect(new X509Certificate(certificate).subjectAltName).toBe('DNS:xn--bcher-kva.example')
  })
})

describe('an authority in a folder', () => {
  test('keeps its key readable by the owner only', () => {
    open()
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, 'ca.key')).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder).sort()).toEqual(['ca.crt', 'ca.key'])
    chmodSync(join(folder, 'ca.key'), 0o644)
    open()
    expect(statSync(join(folder, 'ca.key')).mode & 0o777).toBe(0o600)
  })

  test('is the same after a restart, with the certificates it issued', () => {
    const before = open()
    const server = before.issueServerCertificate({ names: ['api.openai.com'] })
    const after = open()
    expect(after.certificate).toBe(before.certificate)
    expect(after.issueServerCertificate({ names: ['api.openai.com'] })).toEqual(server)
    const names = readdirSync(folder).filter((name) => name.startsWith('server-'))
    expect(names.map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([0o600])
  })

  test('renews its certificate before it ends, for the same key', async () => {
    const start = Date.now()
    const before = open(start - 3300 * dayMs)
    const after = open(start)
    expect(after.certificate).not.toBe(before.certificate)
    // Clients that still trust the old one accept what the renewed one issues.
    const server = after.issueServerCertificate({ names: ['a.test'] })
    await handshake(server, before.certificate, 'a.test')
    await handshake(server, after.certificate, 'a.test')
  })

  test('renews server certificates before they end', () => {
    const start = Date.now()
    const first = open(start).issueServerCertificate({ names: ['a.test'] })
    const later = open(start + 330 * dayMs).issueServerCertificate({ names: ['a.test'] })
    expect(later).toEqual(first)
    const renewed = open(start + 336 * dayMs).issueServerCertificate({ names: ['a.test'] })
    expect(renewed.certificate).not.toBe(first.certificate)
    const end = new X509Certificate(renewed.certificate).validToDate.getTime()
    expect(end).toBeGreaterThan(start + 700 * dayMs)
  })

  test('writes times from 2050 on so that they can be read', () => {
    const { certificate } = open(Date.UTC(2055, 1, 2))
    expect(new X509Certificate(certificate).validFromDate.getUTCFullYear()).toBe(2055)
  })

  test('makes a damaged server certificate again', () => {
    open().issueServerCertificate({ names: ['a.test'] })
    const [file = ''] = readdirSync(folder).filter((name) => name.startsWith('server-'))
    writeFileSync(join(folder, file), readFileSync(join(folder, file), 'utf8').slice(0, 300))
    const { certificate } = open().issueServerCertificate({ names: ['a.test'] })
    expect(new X509Certificate(certificate).subjectAltName).toBe('DNS:a.test')
  })

  test('refuses a damaged key and a certificate of another key, naming the file', () => {
    open()
    const other = openCertificateAuthority({ now: Date.now })
    writeFileSync(join(folder, 'ca.crt'), other.certificate)
    expect(() => open()).toThrow(`${join(folder, 'ca.crt')} is not the certificate of the ca.key`)
    writeFileSync(join(folder, 'ca.key'), 'nonsense')
    expect(() => open()).toThrow(`${join(folder, 'ca.key')} holds no ECDSA P-256 private key`)
  })
})
