import type { KubeObject } from '../../kube/kube-object.ts'

const namespace = 'gloo-system'

const labelsOf = (gloo: string) => ({ app: 'gloo', gloo })

function createGateway(name: string, bindPort: number, ssl: boolean): KubeObject {
  return {
    apiVersion: 'gateway.solo.io/v1',
    kind: 'Gateway',
    metadata: { name, namespace, labels: { app: 'gloo' } },
    spec: {
      bindAddress: '::',
      bindPort,
      httpGateway: {},
      proxyNames: ['gateway-proxy'],
      ssl,
      useProxyProto: false,
    },
  }
}

/** What an installation of Gloo Edge brings into its namespace: settings, gateways, and the Service of its proxy. */
export const seeds: readonly KubeObject[] = [
  {
    apiVersion: 'gloo.solo.io/v1',
    kind: 'Settings',
    metadata: { name: 'default', namespace, labels: labelsOf('settings') },
    spec: { discoveryNamespace: namespace, refreshRate: '60s' },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'gateway-proxy',
      namespace,
      labels: { ...labelsOf('gateway-proxy'), 'gateway-proxy-id': 'gateway-proxy' },
    },
    spec: {
      type: 'LoadBalancer',
      ports: [
        { name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 },
        { name: 'https', port: 443, protocol: 'TCP', targetPort: 8443 },
      ],
      selector: { 'gateway-proxy': 'live', 'gateway-proxy-id': 'gateway-proxy' },
    },
  },
  createGateway('gateway-proxy', 8080, false),
  createGateway('gateway-proxy-ssl', 8443, true),
]
