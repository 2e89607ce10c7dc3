import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { openCertificateAuthority } from '../../../src/lib/certificate-authority.ts'
import { createClientAuthority } from '../../harness/client-certificate.ts'
import { startRecordingUpstream } from '../../harness/recording-upstream.ts'
import { waitUntil } from '../../harness/wait-until.ts'
import { conditionOf, GatewayBench } from './gateway-bench.ts'

let bench: GatewayBench
beforeAll(async () => {
  bench = await GatewayBench.start()
})
afterAll(() => bench.stop())

const listeners = 'listeners: [{ name: http, port: 8080, protocol: HTTP }]'

const base64 = (text: string) => Buffer.from(text).toString('base64')

const applySecret = (
  name: string,
  { cert, key }: { readonly cert: string; readonly key: string },
) =>
  bench.kube.apply(
    stringify({
      ...{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name } },
      data: { 'tls.crt': base64(cert), 'tls.key': base64(key) },
    }),
  )

const applyAuthority = (name: string, pem: string) =>
  bench.kube.apply(
    stringify({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } },
      data: { 'ca.crt': pem },
    }),
  )

test('the client certificate of a gateway is presented to backends with a TLS policy', async () => {
  const clients = createClientAuthority('authority of gateways')
  const servers = openCertificateAuthority({ now: Date.now })
  const upstream = await startRecordingUpstream({
    tls: {
      ...servers.issueServerCertificate({ names: ['secure.test'] }),
      clientAuthority: clients.certificate,
    },
  })
  try {
    await bench.endpoints('secure', upstream.port)
    await applyAuthority('servers', servers.certificate)
    await bench.kube.apply(
      stringify({
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'BackendTLSPolicy',
        metadata: { name: 'secure' },
        spec: {
          targetRefs: [{ group: '', kind: 'Service', name: 'secure' }],
          validation: {
            hostname: 'secure.test',
            caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: 'servers' }],
          },
        },
      }),
    )
    await bench.route(
      'secure',
      '{ rules: [{ matches: [{ path: { value: /secure } }], backendRefs: [{ name: secure, port: 80 }] }] }',
    )
    expect(await bench.ask('/secure')).toBe('503')

    const withCertificate = `${listeners}\ntls: { backend: { clientCertificateRef: { name: gateway } } }`
    const missing = await bench.gateway('gw', withCertificate)
    expect(conditionOf(missing.conditions, 'ResolvedRefs')).toBe(
      'False/InvalidClientCertificateRef',
    )
    expect(conditionOf(missing.conditions, 'Accepted')).toBe('True/Accepted')
    expect(conditionOf(missing.conditions, 'Programmed')).toBe('True/Programmed')

    await applySecret('gateway', clients.issue('gateway one'))
    await waitUntil('the backend', async () => (await bench.ask('/secure')) === '{"ok":true}')
    expect(upstream.requests.at(-1)?.clientName).toBe('gateway one')
    const { conditions } = await bench.gatewayStatus('gw')
    expect(conditionOf(conditions, 'ResolvedRefs')).toBe('True/ResolvedRefs')

    // A renewed certificate is presented without anything else being changed.
    await applySecret('gateway', clients.issue('gateway two'))
    await waitUntil('the new certificate', async () => {
      await bench.ask('/secure')
      return upstream.requests.at(-1)?.clientName === 'gateway two'
    })

    await bench.gateway('gw', listeners)
    await waitUntil('no certificate', async () => (await bench.ask('/secure')) === '503')
  } finally {
    await upstream.close()
  }
})
