import { beforeAll, describe, expect, test } from 'vitest'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { openCertificateAuthority } from '../../../../lib/certificates/certificate-authority.ts'
import type { Condition } from '../../conditions.ts'
import { createGatewayApi } from '../../index.ts'
import { gatewayObject, grantObject, secretObject } from '../../testing/objects.ts'
import { createStoredView } from '../../testing/stored-view.ts'

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

/** The conditions of an HTTPS listener with these certificates, and the server names of its chains. */
function translate(references: readonly object[], objects: readonly KubeObject[] = []) {
  const gateway = gatewayObject('gw', {
    listeners: [
      {
        ...{ name: 'https', port: 443, protocol: 'HTTPS', hostname: '*.test' },
        tls: { certificateRefs: references },
      },
    ],
  })
  const secret = (name: string, namespace: string, certificate = '', key = '') =>
    secretObject(name, namespace, { 'tls.crt': certificate, 'tls.key': key })
  const dialect = createGatewayApi([])
  const view = createStoredView([
    ...dialect.seeds,
    gateway,
    secret('fine', 'default', data['certificate'], data['privateKey']),
    secret('fine', 'other', data['certificate'], data['privateKey']),
    secret('malformed', 'default', 'Hello world', 'Hello world'),
    secret('no-key', 'default', data['certificate'], 'Hello world'),
    secret('other-key', 'default', data['certificate'], data['otherKey']),
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
    ['for all Secrets', grantObject({ kind: 'Secret' }), 'ResolvedRefs'],
    ['for this Secret', grantObject({ kind: 'Secret', name: 'fine' }), 'ResolvedRefs'],
    ['for another Secret', grantObject({ kind: 'Secret', name: 'none' }), 'RefNotPermitted'],
    ['for routes', grantObject({ kind: 'Secret' }, { kind: 'HTTPRoute' }), 'RefNotPermitted'],
    [
      'for another namespace',
      grantObject({ kind: 'Secret' }, { namespace: 'blue' }),
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
