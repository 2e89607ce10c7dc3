import { beforeAll, describe, expect, test } from 'vitest'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { openCertificateAuthority } from '../../../../lib/certificates/certificate-authority.ts'
import type { Condition } from '../../conditions.ts'
import { createGatewayApi } from '../../index.ts'
import { gatewayObject, grantObject, secretObject } from '../../testing/objects.ts'
import { createStoredView } from '../../testing/stored-view.ts'

const apiVersion = 'gateway.networking.k8s.io/v1'

let pair: { readonly certificate: string; readonly privateKey: string }
beforeAll(() => {
  pair = openCertificateAuthority({ now: Date.now }).issueServerCertificate({ names: ['gw.test'] })
})

const gatewayOf = (name: string, reference: object | undefined) =>
  gatewayObject(name, {
    listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }],
    ...(reference === undefined ? {} : { tls: { backend: { clientCertificateRef: reference } } }),
  })

const service = (name: string): readonly KubeObject[] => [
  {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' } },
    spec: { ports: [{ port: 80 }] },
  },
  {
    ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4' },
    metadata: { name, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
    ports: [{ port: 8443 }],
    endpoints: [{ addresses: ['10.0.0.1'] }],
  },
]

const tlsPolicy: KubeObject = {
  apiVersion,
  kind: 'BackendTLSPolicy',
  metadata: { name: 'secure', namespace: 'default' },
  spec: {
    targetRefs: [{ group: '', kind: 'Service', name: 'secure' }],
    validation: { hostname: 'secure.test', wellKnownCACertificates: 'System' },
  },
}

const mirrorTo = (name: string) => ({
  type: 'RequestMirror',
  requestMirror: { backendRef: { name, port: 80 } },
})

const route: KubeObject = {
  apiVersion,
  kind: 'HTTPRoute',
  metadata: { name: 'r', namespace: 'default' },
  spec: {
    parentRefs: [{ name: 'presents' }, { name: 'plain' }],
    rules: [
      {
        filters: [mirrorTo('secure')],
        backendRefs: [
          { name: 'secure', port: 80 },
          { name: 'clear', port: 80, filters: [mirrorTo('secure')] },
        ],
      },
    ],
  },
}

/** Two gateways with one route; the first has a client certificate. */
function translate(reference: object, objects: readonly KubeObject[] = []) {
  const dialect = createGatewayApi([])
  const view = createStoredView([
    ...dialect.seeds,
    gatewayOf('presents', reference),
    gatewayOf('plain', undefined),
    ...service('secure'),
    ...service('clear'),
    ...[tlsPolicy, route],
    secretObject('fine', 'default', { 'tls.crt': pair.certificate, 'tls.key': pair.privateKey }),
    secretObject('fine', 'other', { 'tls.crt': pair.certificate, 'tls.key': pair.privateKey }),
    secretObject('empty', 'default', {}),
    ...objects,
  ])
  const { statuses, configuration, secretIds } = dialect.createTranslator().translate(view)
  const status = statuses.find(({ object }) => object.name === 'presents')?.status as {
    conditions: Condition[]
  }
  const conditionOf = (type: string) => status.conditions.find((each) => each.type === type)
  const { message, reason } = conditionOf('ResolvedRefs') ?? {}
  return {
    reason,
    message,
    accepted: conditionOf('Accepted')?.status,
    configuration,
    secretIds,
  }
}

describe('a client certificate reference', () => {
  test.each([
    ['to nothing', { name: 'none' }, 'Secret default/none does not exist'],
    ['of another group', { group: 'x.test', name: 'fine' }, 'is no Secret'],
    ['to another kind', { kind: 'ConfigMap', name: 'fine' }, 'is no Secret'],
    ['to a Secret without certificate', { name: 'empty' }, 'has no keys tls.crt and tls.key'],
  ])('%s is invalid, and the gateway is accepted', (_, reference, message) => {
    const found = translate(reference)
    expect(found).toMatchObject({ reason: 'InvalidClientCertificateRef', accepted: 'True' })
    expect(found.message).toContain(message)
    expect([...found.secretIds]).toEqual([])
  })

  test('to another namespace needs a grant', () => {
    const far = { name: 'fine', namespace: 'other' }
    expect(translate(far)).toMatchObject({ reason: 'RefNotPermitted', accepted: 'True' })
    expect(translate(far, [grantObject({ kind: 'Secret' })]).reason).toBe('ResolvedRefs')
  })
})

test('backends with TLS are presented the certificate of the gateway that a request came through', () => {
  const { configuration, secretIds, reason } = translate({ name: 'fine' })
  expect(reason).toBe('ResolvedRefs')
  expect([...secretIds]).toEqual(['default/fine'])
  const leadsTo = [...configuration.routes.values()].map(({ action }) =>
    action.type === 'forward'
      ? [
          ...action.destinations.flatMap((each) =>
            'backendId' in each
              ? [each.backendId, ...(each.overrides?.mirrors ?? []).map((own) => own.backendId)]
              : [],
          ),
          ...action.mirrors.map(({ backendId }) => backendId),
        ]
      : [],
  )
  const secure = 'gateway-api/Service/default/secure:80'
  const clear = 'gateway-api/Service/default/clear:80'
  const own = `${secure}@default/presents`
  expect(leadsTo).toEqual([
    [secure, clear, secure, secure],
    [own, clear, own, own],
  ])
  const certificateOf = (id: string) => configuration.backends.get(id)?.tls?.certificateChain
  expect(certificateOf(own)).toMatchObject({ secretId: 'default/fine', key: 'tls.crt' })
  expect(certificateOf(secure)).toBeUndefined()
  const endpointIds = [...configuration.backends.values()].flatMap(({ endpoints }) =>
    endpoints.map(({ id }) => id),
  )
  expect(new Set(endpointIds).size).toBe(endpointIds.length)
})
