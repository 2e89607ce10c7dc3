import type { KindDefinition } from '../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../kube/kube-object.ts'
import type { ApiClient } from '../../api/api-client.ts'
import { isUnserved } from '../../api/api-error.ts'
import type { DescribedListener, KnownKinds } from '../../client-parts.ts'
import { fieldAt, listAt, objectAt } from '../fields.ts'
import { glooNamespace } from '../namespace-flag.ts'
import { gatewayType } from '../resources.ts'

/**
 * The Proxies that the server's Gateways make. Gloo's controller stores what it made of them as objects; Sluice
 * goes from the Gateways to its own configuration, so there is nothing to read and they are put together here.
 * Their hosts are listed by name and domains, without routes.
 */
export async function deriveProxies(
  client: ApiClient,
  { kinds, describeListeners }: KnownKinds,
  namespace: string,
): Promise<KubeObject[]> {
  if (namespace !== glooNamespace) return []
  const objects = (await Promise.all(kinds.map((kind) => listKind(client, kind)))).flat()
  const gateways = objects.filter(({ kind, apiVersion }) => {
    return kind === gatewayType.kind && apiVersion.startsWith(`${gatewayType.group}/`)
  })
  const listeners = describeListeners(objects)
  const names = new Set(gateways.flatMap(proxyNamesOf))
  return [...names].sort().map((name) => {
    const own = gateways.filter((gateway) => proxyNamesOf(gateway).includes(name))
    return createProxy(name, own, listeners)
  })
}

async function listKind(client: ApiClient, definition: KindDefinition): Promise<KubeObject[]> {
  const version = definition.versions.find((candidate) => candidate.storage)
  if (version === undefined) return []
  const { group, plural, kind } = definition
  try {
    return await client.list({ group, plural, kind, version: version.name })
  } catch (error) {
    if (isUnserved(error)) return []
    throw error
  }
}

function proxyNamesOf(gateway: KubeObject): readonly string[] {
  const names = listAt(gateway, 'spec', 'proxyNames').map(String)
  return names.length === 0 ? ['gateway-proxy'] : names
}

const worst = ['Rejected', 'Warning', 'Pending']

function createProxy(
  name: string,
  gateways: readonly KubeObject[],
  listeners: readonly DescribedListener[],
): KubeObject {
  const states = gateways.flatMap((gateway) => {
    const statuses = Object.values(objectAt(gateway, 'status', 'statuses'))
    return statuses.length === 0 ? ['Pending'] : statuses.map((status) => fieldAt(status, 'state'))
  })
  const state = worst.find((candidate) => states.includes(candidate)) ?? 'Accepted'
  return {
    ...{ apiVersion: 'gloo.solo.io/v1', kind: 'Proxy' },
    metadata: { name, namespace: glooNamespace, labels: { created_by: 'gloo-gateway-translator' } },
    spec: { listeners: gateways.map((gateway) => createListener(gateway, listeners)) },
    status: { statuses: { [glooNamespace]: { state, reportedBy: 'gloo' } } },
  }
}

function createListener(gateway: KubeObject, listeners: readonly DescribedListener[]): unknown {
  const { name, namespace = '' } = gateway.metadata
  const own = listeners.filter(
    ({ origin }) =>
      origin.kind === gateway.kind && origin.name === name && origin.namespace === namespace,
  )
  const virtualHosts = own
    .flatMap((listener) => listener.virtualHosts)
    // Others answer for hosts that no VirtualService claims.
    .filter(({ origin }) => origin.kind === 'VirtualService')
    .map(({ origin, domains }) => ({ name: `${origin.namespace}.${origin.name}`, domains }))
  return {
    name: `listener-${String(fieldAt(gateway, 'spec', 'bindAddress') ?? '::')}-${String(fieldAt(gateway, 'spec', 'bindPort') ?? 0)}`,
    bindAddress: fieldAt(gateway, 'spec', 'bindAddress') ?? '::',
    bindPort: fieldAt(gateway, 'spec', 'bindPort') ?? 0,
    httpListener: { virtualHosts },
  }
}
