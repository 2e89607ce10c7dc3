/** The status of an object that nothing is wrong with. */
export const accepted = { statuses: { 'gloo-system': { state: 'Accepted', reportedBy: 'gloo' } } }

/** An Upstream of the namespace `default`. */
export const upstream = (name: string, spec: unknown, status: unknown = accepted) => ({
  ...{ apiVersion: 'gloo.solo.io/v1', kind: 'Upstream', spec },
  ...{ metadata: { name, namespace: 'default' }, status },
})

/** The spec of an Upstream with TLS to these hosts. */
export const staticHosts = (...hosts: string[]) => ({
  static: { hosts: hosts.map((addr) => ({ addr, port: 443 })), useTls: true },
})

/** A VirtualService for any host. */
export const virtualService = (routes: unknown[], status: unknown = accepted) => ({
  ...{ apiVersion: 'gateway.solo.io/v1', kind: 'VirtualService', status },
  metadata: { name: 'ai-services-vs', namespace: 'default' },
  spec: { virtualHost: { domains: ['*'], routes } },
})

/** A route to an Upstream. */
export const routeTo = (prefix: string, name: string) => ({
  matchers: [{ prefix }],
  routeAction: { single: { upstream: { name, namespace: 'default' } } },
})
