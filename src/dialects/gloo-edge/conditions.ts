/** The texts of Gloo's statuses, in Gloo's words. */
export const texts = {
  noAction: 'invalid route: route must specify an action',
  severalActions: (actions: readonly string[]) =>
    `invalid route: route must specify only one action, but has ${actions.join(' and ')}`,
  delegateMatcherCount:
    'invalid route: routes with delegate actions must omit or specify a single matcher',
  delegateMatcherPrefix: 'invalid route: routes with delegate actions must use a prefix matcher',
  childPrefix: (required: string, path: string) =>
    `required prefix: ${required}, prefix: ${path}: invalid route: route table matchers must begin with the prefix of their parent route's matcher`,
  childCase: (required: boolean | undefined, actual: boolean | undefined) =>
    `required caseSensitive: ${required ?? '<nil>'}, caseSensitive: ${actual ?? '<nil>'}: invalid route: route table matchers must have the same case sensitivity of their parent route's matcher`,
  childHeaders: (required: string, actual: string) =>
    `required headers: ${required}, headers: ${actual}: invalid route: route table matchers must have all headers that were specified on their parent route's matcher`,
  childQueryParameters: (required: string, actual: string) =>
    `required query params: ${required}, query params: ${actual}: invalid route: route table matchers must have all query params that were specified on their parent route's matcher`,
  childMethods: (required: readonly string[], actual: readonly string[]) =>
    `required methods: [${required.join(' ')}], methods: [${actual.join(' ')}]: invalid route: route table matchers must have all methods that were specified on their parent route's matcher`,
  delegationCycle: (tables: readonly string[]) =>
    `invalid route: delegation cycle detected: ${tables.map((table) => `[${table}]`).join(' -> ')}`,
  delegationDepth: (depth: number) =>
    `invalid route: delegation is deeper than ${depth} route tables`,
  onSubRouteTable: (table: string, text: string) => `on sub route table ${table}: ${text}`,
  routeTableMissing: (table: string) => `route table ${table} missing`,
  noMatchingRouteTables: 'no route table matches the given selector',
  noDelegationTarget:
    'cannot determine delegation target: you must specify a route table either via a resource reference or a selector',
  labelsAndExpressions: 'cannot use both labels and expressions within the same selector',
  invalidTableExpression: (reason: string) =>
    `${reason}: the route table selector expression is invalid`,
  invalidVirtualServiceExpression: (reason: string) =>
    `${reason}: the virtual service selector expression is invalid`,
  listDidNotFind: (kind: string, reference: string) => `list did not find ${kind} ${reference}`,
  noVirtualHost: (virtualService: string) =>
    `virtual service [${virtualService}] does not specify a virtual host`,
  notServed:
    'no Gateway serves this virtual service: none selects it, or none of those that do agrees in ssl with its sslConfig',
  emptyDomain: (virtualHost: string) => `virtual host ${virtualHost} has an empty domain`,
  domainInOthers: (domain: string, others: readonly string[]) =>
    domain === ''
      ? `domain conflict: other virtual services that belong to the same Gateway as this one don't specify a domain (and thus default to '*'): [${others.join(' ')}]`
      : `domain conflict: the [${domain}] domain is present in other virtual services that belong to the same Gateway as this one: [${others.join(' ')}]`,
  gatewayDomains: (domains: readonly string[]) =>
    `domain conflict: the following domains are present in more than one of the virtual services associated with this gateway: [${domains.map((domain) => domain || 'EMPTY_DOMAIN').join(' ')}]`,
  invalidDomain: (virtualHost: string, domain: string) =>
    `virtual host ${virtualHost} has the domain '${domain}', which is not a host name, *.suffix, prefix.* or *`,
  bindAddressNotUnique: (address: string, gateways: readonly string[]) =>
    `bind-address ${address} is not unique in a proxy. gateways: ${gateways.join(',')}`,
  invalidVirtualServiceReference: (reference: string) => `invalid virtual service ref ${reference}`,
  gatewayKindNotSupported: (field: string) =>
    `${field} is not supported; only httpGateway is. The gateway listens on nothing`,
  noGatewayKind: 'gateway must specify httpGateway; it listens on nothing',
  severalGatewayKinds: (fields: readonly string[]) =>
    `gateway must specify only one of httpGateway, tcpGateway and hybridGateway, but has ${fields.join(' and ')}`,
  noBindPort: 'gateway must specify a bindPort between 1 and 65535',
  routeError: (type: string, reason: string, route: string) =>
    `Route Error: ${type}. Reason: ${reason}. Route Name: ${route}`,
  routeWarning: (type: string, reason: string) => `Route Warning: ${type}. Reason: ${reason}`,
  routeUnprotected: (advice: string, route: string) =>
    `Route Warning: UnsupportedProtection. The route answers 500, because ${advice} Route Name: ${route}`,
  gatewayUnprotected: (advice: string) =>
    `Gateway Warning: UnsupportedProtection. Routes that do not turn it off answer 500, because ${advice}`,
  upstreamNotFound: (upstream: string) => `*v1.Upstream { ${upstream} } not found`,
  upstreamGroupNotFound: (group: string) => `*v1.UpstreamGroup { ${group} } not found`,
  foreignHeaderSecret: (secret: string) =>
    `*headers.plugin: Secret ${secret} is not in the namespace of the Upstream`,
  headerSecretType: (secret: string) => `Secret ${secret} was not a Header secret`,
  noDestinations: 'must specify at least one weighted destination for multi destination routes',
  totalWeight:
    'Incorrect configuration for Weighted Destination for route - Weighted Destinations require a total weight that is greater than or equal to 1',
  noDestination:
    "must specify either 'singleDestination', 'multipleDestinations', 'upstreamGroup', 'clusterHeader', or 'dynamicForwardProxy' for action",
} as const
