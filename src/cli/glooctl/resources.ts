import type { ResourceType } from '../api/resource-type.ts'
import type { ObjectTable } from './get/object-table.ts'
import { proxyTable } from './get/proxy-table.ts'
import { secretTable } from './get/secret-table.ts'
import { statusTable } from './get/status-table.ts'
import { upstreamGroupTable } from './get/upstream-group-table.ts'
import { upstreamTable } from './get/upstream-table.ts'
import { routeTableTable, virtualServiceTable } from './get/virtual-service-table.ts'

const gloo = { group: 'gloo.solo.io', version: 'v1' }
const gateway = { group: 'gateway.solo.io', version: 'v1' }

export const upstreamType: ResourceType = { ...gloo, plural: 'upstreams', kind: 'Upstream' }
export const upstreamGroupType = { ...gloo, plural: 'upstreamgroups', kind: 'UpstreamGroup' }
export const proxyType: ResourceType = { ...gloo, plural: 'proxies', kind: 'Proxy' }
export const virtualServiceType = { ...gateway, plural: 'virtualservices', kind: 'VirtualService' }
const routeTableType = { ...gateway, plural: 'routetables', kind: 'RouteTable' }
export const gatewayType: ResourceType = { ...gateway, plural: 'gateways', kind: 'Gateway' }
export const routeOptionType = { ...gateway, plural: 'routeoptions', kind: 'RouteOption' }
export const virtualHostOptionType: ResourceType = {
  ...gateway,
  ...{ plural: 'virtualhostoptions', kind: 'VirtualHostOption' },
}
export const authConfigType: ResourceType = {
  ...{ group: 'enterprise.gloo.solo.io', version: 'v1', plural: 'authconfigs', kind: 'AuthConfig' },
}
export const rateLimitConfigType: ResourceType = {
  ...{ group: 'ratelimit.solo.io', version: 'v1alpha1' },
  ...{ plural: 'ratelimitconfigs', kind: 'RateLimitConfig' },
}
export const secretType: ResourceType = {
  ...{ group: '', version: 'v1', plural: 'secrets', kind: 'Secret' },
}
export const serviceType: ResourceType = {
  ...{ group: '', version: 'v1', plural: 'services', kind: 'Service' },
}

/** A kind that `glooctl get` reads. */
export interface ReadableResource {
  readonly name: string
  readonly aliases: readonly string[]
  readonly type: ResourceType
  readonly table: ObjectTable
}

export const readableResources: readonly ReadableResource[] = [
  {
    ...{ name: 'virtualservice', aliases: ['vs', 'virtualservices'] },
    ...{ type: virtualServiceType, table: virtualServiceTable },
  },
  {
    ...{ name: 'routetable', aliases: ['rt', 'routetables'] },
    ...{ type: routeTableType, table: routeTableTable },
  },
  {
    ...{ name: 'proxy', aliases: ['p', 'proxies'] },
    ...{ type: proxyType, table: proxyTable },
  },
  {
    ...{ name: 'upstream', aliases: ['u', 'us', 'upstreams'] },
    ...{ type: upstreamType, table: upstreamTable },
  },
  {
    ...{ name: 'upstreamgroup', aliases: ['ug', 'ugs', 'upstreamgroups'] },
    ...{ type: upstreamGroupType, table: upstreamGroupTable },
  },
  {
    ...{ name: 'secret', aliases: ['s', 'secrets'] },
    ...{ type: secretType, table: secretTable },
  },
  {
    ...{ name: 'authconfig', aliases: ['ac', 'authconfigs'] },
    ...{ type: authConfigType, table: statusTable('AuthConfig') },
  },
  {
    ...{ name: 'ratelimitconfig', aliases: ['rlc', 'ratelimitconfigs'] },
    ...{ type: rateLimitConfigType, table: statusTable('RateLimitConfig') },
  },
]
