import { describe, expect, test } from 'vitest'
import { gatewayError } from '../../errors/gateway-error.ts'
import { type BackendTls, systemVerifiedTls } from '../../ir/backend.ts'
import type { TlsChain } from '../../ir/listener.ts'
import type { SecretReference } from '../../ir/secret-reference.ts'
import { openCertificateAuthority } from '../../lib/certificates/certificate-authority.ts'
import { backendNode } from '../testing/nodes.ts'
import { compileBackend } from './compile-backend.ts'
import { compileTlsChain } from './compile-tls-chain.ts'
import { isFailure } from './failure.ts'
import { SecretStore } from './secret-store.ts'

const issuedMs = Date.UTC(2026, 10, 20)
const dayMs = 24 * 60 * 60 * 1000
const authority = openCertificateAuthority({ now: () => issuedMs })
const first = authority.issueServerCertificate({ names: ['a.example'] })
const second = authority.issueServerCertificate({ names: ['b.example'] })

const values = {
  'tls.crt': first.certificate,
  'tls.key': first.privateKey,
  'other.key': second.privateKey,
  'ca.crt': authority.certificate,
  garbage: 'not a certificate',
  'broken.crt': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
}
const secrets = new SecretStore()
secrets.update([{ id: 'apps/tls', version: '1', values }], [])

const reference = (key: string, secretId = 'apps/tls'): SecretReference => ({
  secretId,
  key,
  version: '1',
})
const providers = {
  unixTimeMs: () => 0,
  callHost: () => Promise.resolve(gatewayError('backend-not-found', 'no such host')),
}
const services = (timeMs = issuedMs + dayMs) => ({ secrets, now: () => timeMs, providers })

const chain: TlsChain = {
  origin: { kind: 'VirtualService', namespace: 'apps', name: 'shop', fieldPath: 'spec.sslConfig' },
  serverNames: ['a.example'],
  certificateChain: reference('tls.crt'),
  privateKey: reference('tls.key'),
  clientCertificateAuthority: undefined,
  minimumVersion: 'TLSv1.2',
  maximumVersion: undefined,
  cipherSuites: [],
  alpnProtocols: ['h2', 'http/1.1'],
  sessionResumption: true,
  virtualHostIds: [],
}

describe('a TLS chain', () => {
  test('is compiled to what a secure context takes', () => {
    const compiled = compileTlsChain(chain, services())
    expect(compiled).toMatchObject({
      warnings: [],
      chain: {
        serverNames: ['a.example'],
        alpnProtocols: ['h2', 'http/1.1'],
        clientCertificate: 'unasked',
        secureContextOptions: {
          cert: first.certificate,
          key: first.privateKey,
          minVersion: 'TLSv1.2',
        },
      },
    })
  })

  test('asks clients for certificates of an authority', () => {
    const mutual = { ...chain, clientCertificateAuthority: reference('ca.crt') }
    expect(compileTlsChain(mutual, services())).toMatchObject({
      chain: {
        clientCertificate: 'required',
        secureContextOptions: { ca: authority.certificate },
      },
    })
  })

  test('asks clients for certificates of a public authority, and may serve others too', () => {
    const mutual = { ...chain, clientCertificateAuthority: { pem: authority.certificate } }
    const ca = { secureContextOptions: { ca: authority.certificate } }
    expect(compileTlsChain(mutual, services())).toMatchObject({
      chain: { clientCertificate: 'required', ...ca },
    })
    expect(compileTlsChain({ ...mutual, servesAnyClient: true }, services())).toMatchObject({
      chain: { clientCertificate: 'asked', ...ca },
    })
  })

  test.each([
    [issuedMs + 1000 * dayMs, 'expired'],
    [issuedMs - 1000 * dayMs, 'valid only from'],
  ])('that is not valid at %d is served with a warning', (timeMs, reason) => {
    const compiled = compileTlsChain(chain, services(timeMs))
    if (isFailure(compiled)) throw new Error(compiled.message)
    expect(compiled.warnings).toEqual([expect.stringMatching(`Secret apps/tls.*${reason}`)])
  })

  test.each([
    [{ certificateChain: reference('tls.crt', 'apps/none') }, 'Secret apps/none does not exist'],
    [{ privateKey: reference('none') }, 'Secret apps/tls has no key "none"'],
    [
      { certificateChain: reference('garbage') },
      '"garbage" of Secret apps/tls holds no certificate',
    ],
    [{ certificateChain: reference('broken.crt') }, 'cannot be read'],
    [{ privateKey: reference('garbage') }, 'holds no unencrypted private key'],
    [{ privateKey: reference('other.key') }, 'does not belong to "tls.crt"'],
    [{ clientCertificateAuthority: reference('garbage') }, 'holds no certificate'],
    [{ cipherSuites: ['NO-SUCH-SUITE'] }, 'OpenSSL refuses'],
  ] satisfies [Partial<TlsChain>, string][])('with %o is refused', (parts, reason) => {
    const compiled = compileTlsChain({ ...chain, ...parts }, services())
    expect(compiled).toMatchObject({ type: 'failure', message: expect.stringContaining(reason) })
    expect(JSON.stringify(compiled)).not.toContain('PRIVATE KEY')
  })
})

describe('the TLS material of a backend', () => {
  const compile = (parts: Partial<BackendTls>) =>
    compileBackend({ ...backendNode('b'), tls: { ...systemVerifiedTls, ...parts } }, services())

  test('is absent for clear text', () => {
    expect(compileBackend(backendNode('b'), services()).backend).toMatchObject({ tls: undefined })
  })

  test('is empty for the roots of the system', () => {
    expect(compile({}).backend).toMatchObject({ tls: {}, verifyPeer: true })
  })

  test('holds the authority, the client certificate and the curves', () => {
    const { backend, errors } = compile({
      verification: { type: 'authority', authority: reference('ca.crt') },
      certificateChain: reference('tls.crt'),
      privateKey: reference('tls.key'),
      ecdhCurves: ['X25519', 'P-256'],
    })
    expect(errors).toEqual([])
    expect(backend).toMatchObject({
      verifyPeer: true,
      tls: { ca: authority.certificate, key: first.privateKey, ecdhCurve: 'X25519:P-256' },
    })
  })

  test('verifies nothing only where that is written', () => {
    expect(compile({ verification: { type: 'none' } }).backend).toMatchObject({ verifyPeer: false })
  })

  test.each([
    [{ verification: { type: 'authority', authority: reference('none') } }, 'has no key "none"'],
    [{ certificateChain: reference('tls.crt') }, 'both a certificate chain and a private key'],
    [
      { certificateChain: reference('tls.crt'), privateKey: reference('other.key') },
      'does not belong',
    ],
    [{ minimumVersion: 'TLSv1.3', maximumVersion: 'TLSv1.2' }, 'no TLS version is left'],
  ] satisfies [Partial<BackendTls>, string][])('with %o is refused', (parts, reason) => {
    const { backend, errors } = compile(parts)
    expect(backend).toMatchObject({ type: 'failure', message: expect.stringContaining(reason) })
    expect(errors).toEqual([
      { origin: backendNode('b').origin, message: expect.stringContaining('Backend b') },
    ])
  })
})
