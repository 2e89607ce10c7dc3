import { beforeAll, describe, expect, test } from 'vitest'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { openCertificateAuthority } from '../../../../lib/certificates/certificate-authority.ts'
import type { Condition } from '../../conditions.ts'
import { createGatewayApi } from '../../index.ts'
import { gatewayObject, grantObject, secretObject } from '../../testing/objects.ts'
import { createStoredView } from '../../testing/stored-view.ts'

let server: KubeObject
let first: string
let second: string
beforeAll(() => {
  const authority = openCertificateAuthority({ now: Date.now })
  const pair = authority.issueServerCertificate({ names: ['a.test'] })
  const { certificate, privateKey } = pair
  server = secretObject('server', 'default', { 'tls.crt': certificate, 'tls.key': privateKey })
  first = authority.certificate
  second = openCertificateAuthority({ now: Date.now }).certificate
})

const configMap = (name: string, namespace: string, data: object): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } },
  data,
})

const https = (name: string, port: number) => ({
  ...{ name, port, protocol: 'HTTPS', hostname: 'a.test' },
  tls: { certificateRefs: [{ name: 'server' }] },
})

const of = (name: string, more: object = {}) => ({ group: '', kind: 'ConfigMap', name, ...more })

const validation = (references: readonly object[], mode?: string) => ({
  validation: { caCertificateRefs: references, ...(mode === undefined ? {} : { mode }) },
})

/** What is said of the listeners `https` (443), `other` (8443) and `http` (80), and what the first two ask for. */
function translate(frontend: object, objects: readonly KubeObject[] = []) {
  const gateway = gatewayObject('gw', {
    listeners: [
      ...[https('https', 443), https('other', 8443)],
      { name: 'http', port: 80, protocol: 'HTTP' },
    ],
    tls: { frontend },
  })
  const dialect = createGatewayApi([])
  const view = createStoredView([
    ...dialect.seeds,
    ...[gateway, server],
    configMap('first', 'default', { 'ca.crt': first }),
    configMap('second', 'default', { 'ca.crt': second }),
    configMap('text', 'default', { 'ca.crt': 'Hello world' }),
    configMap('empty', 'default', {}),
    configMap('far', 'other', { 'ca.crt': first }),
    ...objects,
  ])
  const { statuses, configuration } = dialect.createTranslator().translate(view)
  const status = statuses.find(({ object }) => object.kind === 'Gateway')?.status as {
    conditions: Condition[]
    listeners: { name: string; conditions: Condition[] }[]
  }
  const listener = (name: string) => {
    const conditions = status.listeners.find((each) => each.name === name)?.conditions ?? []
    return Object.fromEntries(
      ['Accepted', 'Programmed', 'ResolvedRefs'].map((type) => {
        const found = conditions.find((each) => each.type === type)
        return [type, `${found?.status}/${found?.reason}`]
      }),
    )
  }
  const chainOf = (port: number) =>
    configuration.listeners.get(`gateway-api/default/gw/${port}`)?.tls?.[0]
  return { ...{ status, listener, chainOf } }
}

const fine = { Accepted: 'True/Accepted', ResolvedRefs: 'True/ResolvedRefs' }
// Nobody has given the gateway an address here.
const programmed = 'False/Pending'

describe('clients of HTTPS listeners', () => {
  test('are checked by the default, and by what is said of their port in its place', () => {
    const { listener, chainOf, status } = translate({
      default: validation([of('first')]),
      perPort: [{ port: 8443, tls: validation([of('second')]) }],
    })
    for (const name of ['https', 'other', 'http']) {
      expect(listener(name)).toEqual({ ...fine, Programmed: programmed })
    }
    expect(chainOf(443)?.clientCertificateAuthority).toEqual({ pem: first })
    expect(chainOf(8443)?.clientCertificateAuthority).toEqual({ pem: second })
    expect(chainOf(443)?.servesAnyClient).toBeUndefined()
    expect(status.conditions.map(({ type }) => type)).not.toContain(
      'InsecureFrontendValidationMode',
    )
  })

  test('are not checked on a port whose configuration has no validation', () => {
    const { chainOf } = translate({
      default: validation([of('first')]),
      perPort: [{ port: 8443, tls: {} }],
    })
    expect(chainOf(8443)).toBeDefined()
    expect(chainOf(8443)?.clientCertificateAuthority).toBeUndefined()
  })

  test('are asked and served anyhow where the mode says so, and the gateway tells', () => {
    const { chainOf, status } = translate({
      default: {},
      perPort: [{ port: 8443, tls: validation([of('first')], 'AllowInsecureFallback') }],
    })
    expect(chainOf(8443)).toMatchObject({
      clientCertificateAuthority: { pem: first },
      servesAnyClient: true,
    })
    expect(status.conditions).toContainEqual(
      expect.objectContaining({
        type: 'InsecureFrontendValidationMode',
        ...{ status: 'True', reason: 'ConfigurationChanged' },
      }),
    )
  })

  test.each([
    ['to nothing', of('none'), 'InvalidCACertificateRef', 'ConfigMap default/none does not exist'],
    ['to text', of('text'), 'InvalidCACertificateRef', 'holds no certificate in PEM form'],
    ['to nothing of use', of('empty'), 'InvalidCACertificateRef', 'has no key ca.crt'],
    [
      'to another kind',
      of('a', { kind: 'Service' }),
      'InvalidCACertificateKind',
      'is no ConfigMap',
    ],
    ['of another group', of('a', { group: 'x.test' }), 'InvalidCACertificateKind', 'no ConfigMap'],
    ['without grant', of('far', { namespace: 'other' }), 'RefNotPermitted', 'no ReferenceGrant'],
  ])('are not served when the only reference leads %s', (_, reference, reason, message) => {
    const { listener, chainOf, status } = translate({
      default: validation([of('first')]),
      perPort: [
        { port: 8443, tls: validation([reference]) },
        { port: 80, tls: validation([reference]) },
      ],
    })
    expect(listener('other')).toEqual({
      Accepted: 'False/NoValidCACertificate',
      Programmed: 'False/Invalid',
      ResolvedRefs: `False/${reason}`,
    })
    const resolved = status.listeners[1]?.conditions.find(({ type }) => type === 'ResolvedRefs')
    expect(resolved?.message).toContain(message)
    expect(chainOf(8443)).toBeUndefined()
    // Others are as they were, clear text whatever its port asks for.
    expect(listener('https')).toMatchObject(fine)
    expect(listener('http')).toMatchObject(fine)
  })

  test('are checked by the authorities that are left when another reference is of no use', () => {
    const references = [of('none'), of('first'), of('second')]
    const { listener, chainOf } = translate({ default: validation(references) })
    expect(listener('https')).toMatchObject({
      Accepted: 'True/Accepted',
      ResolvedRefs: 'False/InvalidCACertificateRef',
    })
    expect(chainOf(443)?.clientCertificateAuthority).toEqual({ pem: `${first}\n${second}` })
  })

  test('are checked by an authority of another namespace while it is granted', () => {
    const { listener, chainOf } = translate(
      { default: validation([of('far', { namespace: 'other' })]) },
      [grantObject({ kind: 'ConfigMap', name: 'far' })],
    )
    expect(listener('https')).toMatchObject(fine)
    expect(chainOf(443)?.clientCertificateAuthority).toEqual({ pem: first })
  })
})
