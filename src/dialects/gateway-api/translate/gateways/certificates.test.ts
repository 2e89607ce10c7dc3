import { beforeAll, describe, expect, test } from 'vitest'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { openCertificateAuthority } from '../../../../lib/certificates/certificate-authority.ts'
import type { Condition } from '../../conditions.ts'
import { createGatewayApi } from '../../index.ts'
import { createStoredView } from '../../testing/stored-view.ts'

const apiVersion = 'gateway.networking.k8s.io/v1'

let data: Record<string, string>
beforeAll(() => {
  const authority = openCertificateAuthority({ now: Date.now })
  const names = ['a.test', 'other.test']
  const { certificate, privateKey } = authority.issueServerCertificate({ names })
  const stranger = authority.issueServerCertificate({ names: ['stranger.test'] })
  data = {
    certificate,
    privateKey,
    otherKey: openCertificateAuthority({ now: Date.now }).issueServerCertificate({ names })
      .privateKey,
    stranger: stranger.certificate,
  }
})

const base64 = (text: string) => Buffer.from(text).toString('base64')

function secret(name: string, namespace: string, certificate: string, key: string): KubeObject {
  return {
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } },
    data: { 'tls.crt': base64(certificate), 'tls.key': base64(key) },
  }
}

const grant = (name: string, from: object, to: object): KubeObject => ({
  apiVersion,
  kind: 'ReferenceGrant',
  metadata: { name, namespace: 'other' },
  spec: { from: [from], to: [to] },
})

const fromGateways = {
  group: 'gateway.networking.k8s.io',
  kind: 'Gateway',
  namespace: 'default',
}

/** The conditions of an HTTPS listener with these certificates, and the server names of its chains. */
function translate(references: readonly object[], objects: readonly KubeObject[] = []) {
  const gateway: KubeObject = {
    apiVersion,
    kind: 'Gateway',
    metadata: { name: 'gw', namespace: 'default' },
    spec: {
      gatewayClassName: 'sluice',
      listeners: [
        {
          ...{ name: 'https', port: 443, protocol: 'HTTPS', hostname: '*.test' },
          tls: { certificateRefs: references },
        },
      ],
    },
  }
  const dialect = createGatewayApi([])
  const view = createStoredView([
    ...dialect.seeds,
    gateway,
    secret('fine', 'default', data['certificate'] ?? '', data['privateKey'] ?? ''),
    secret('fine', 'other', data['certificate'] ?? '', data['privateKey'] ?? ''),
    secret('malformed', 'default', 'Hello world', 'Hello world'),
    secret('no-key', 'default', data['certificate'] ?? '', 'Hello world'),
    secret('other-key', 'default', data['certificate'] ?? '', data['otherKey'] ?? ''),
    ...objects,
  ])
  const { statuses, configuration } = dialect.createTranslator().translate(view)
  const status = statuses.find(({ object }) => object.kind === 'Gateway')?.status as {
    listeners: { conditions: Condition[] }[]
  }
  const resolved = status.listeners[0]?.conditions.find(({ type }) => type === 'ResolvedRefs')
  const [listener] = configuration.listeners.values()
  return {
    reason: resolved?.reason,
    message: resolved?.message,
    serverNames: (listener?.tls ?? []).map(({ serverNames }) => serverNames),
  }
}

describe('a certificate reference', () => {
  test('to a Secret with a certificate and its key is resolved', () => {
    expect(translate([{ name: 'fine' }])).toMatchObject({
      reason: 'ResolvedRefs',
      serverNames: [['*.test']],
    })
  })

  test.each([
    ['to nothing', { name: 'none' }, 'Secret default/none does not exist'],
    ['of another group', { group: 'x.test', name: 'fine' }, 'is no Secret'],
    ['to another kind', { kind: 'ConfigMap', name: 'fine' }, 'is no Secret'],
    ['to text', { name: 'malformed' }, 'holds no certificate in PEM form'],
    ['to a Secret without key', { name: 'no-key' }, 'holds no unencrypted private key'],
    ["to another certificate's key", { name: 'other-key' }, 'does not belong to its certificate'],
  ])('%s is invalid', (_, reference, message) => {
    const found = translate([reference])
    expect(found).toMatchObject({ reason: 'InvalidCertificateRef', serverNames: [] })
    expect(found.message).toContain(message)
    expect(found.message).not.toContain('Hello')
  })

  const far = [{ name: 'fine', namespace: 'other' }]
  test.each([
    ['for all Secrets', grant('g', fromGateways, { group: '', kind: 'Secret' }), 'ResolvedRefs'],
    [
      'for this Secret',
      grant('g', fromGateways, { group: '', kind: 'Secret', name: 'fine' }),
      'ResolvedRefs',
    ],
    [
      'for another Secret',
      grant('g', fromGateways, { group: '', kind: 'Secret', name: 'none' }),
      'RefNotPermitted',
    ],
    [
      'for routes',
      grant('g', { ...fromGateways, kind: 'HTTPRoute' }, { group: '', kind: 'Secret' }),
      'RefNotPermitted',
    ],
    [
      'for another namespace',
      grant('g', { ...fromGateways, namespace: 'blue' }, { group: '', kind: 'Secret' }),
      'RefNotPermitted',
    ],
  ])('to another namespace follows a grant %s', (_, object, reason) => {
    expect(translate(far, [object]).reason).toBe(reason)
  })

  test('to another namespace needs a grant', () => {
    expect(translate(far).reason).toBe('RefNotPermitted')
  })
})

test('a second certificate serves the names that it is made for', () => {
  expect(translate([{ name: 'fine' }, { name: 'fine' }, { name: 'none' }])).toMatchObject({
    reason: 'InvalidCertificateRef',
    serverNames: [['other.test', 'a.test'], ['*.test']].map((names) =>
      names.length === 2 ? expect.arrayContaining(names) : names,
    ),
  })
})
