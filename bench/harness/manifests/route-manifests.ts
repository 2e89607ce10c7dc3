/** How a route is told from others; 10,000 routes are a quarter of each. */
export const routeKinds = ['prefix', 'exact', 'regex', 'header'] as const
export type RouteKind = (typeof routeKinds)[number]

const matcherOf: Readonly<Record<RouteKind, (index: number) => object>> = {
  prefix: (index) => ({ prefix: `/prefix/${index}/` }),
  exact: (index) => ({ exact: `/exact/${index}/path` }),
  regex: (index) => ({ regex: `/regex/${index}/[0-9]+/items/[^/]+` }),
  header: (index) => ({
    prefix: '/header',
    headers: [{ name: 'x-tenant', value: `tenant-${index}` }],
  }),
}

/** Path and extra headers of a request that the route with this index takes. */
export function requestTo(kind: RouteKind, index: number) {
  const path = {
    prefix: `/prefix/${index}/some/rest`,
    exact: `/exact/${index}/path`,
    regex: `/regex/${index}/4711/items/abc`,
    header: '/header/some/rest',
  }[kind]
  return { path, headers: kind === 'header' ? [`x-tenant: tenant-${index}`] : [] }
}

const action = {
  routeAction: { single: { upstream: { name: 'clear', namespace: 'default' } } },
  options: { autoHostRewrite: true, timeout: '60s', prefixRewrite: '/v1/chat/completions' },
}
const plainAction = {
  ...action,
  options: { autoHostRewrite: true, timeout: '60s' },
}

function routesOf(kind: RouteKind, count: number): object[] {
  const acts = kind === 'prefix' || kind === 'header' ? action : plainAction
  return Array.from({ length: count }, (_, index) => ({
    matchers: [matcherOf[kind](index)],
    ...acts,
  }))
}

/** Answers `marker` at `/marker`: the route by which a change is seen to be in force. */
const markerRoute = (marker: string) => ({
  matchers: [{ exact: '/marker' }],
  directResponseAction: { status: 200, body: marker },
})

const virtualService = (name: string, domain: string, routes: readonly object[]) => ({
  apiVersion: 'gateway.solo.io/v1',
  kind: 'VirtualService',
  metadata: { name, namespace: 'default' },
  spec: { virtualHost: { domains: [domain], routes } },
})

/** One virtual host with `perKind` routes of each kind. */
export function manyRoutes(name: string, domain: string, perKind: number, marker: string) {
  const routes = routeKinds.flatMap((kind) => routesOf(kind, perKind))
  return virtualService(name, domain, [markerRoute(marker), ...routes])
}

/** One route table of `perTable` routes below `/table/INDEX`; one of them says `marker` at `…/marker`. */
export function routeTable(index: number, perTable: number, marker: string) {
  const routes = Array.from({ length: perTable }, (_, route) => ({
    matchers: [{ prefix: `/table/${index}/${route}/` }],
    ...action,
  }))
  const markerAt = { ...markerRoute(marker), matchers: [{ exact: `/table/${index}/marker` }] }
  return {
    apiVersion: 'gateway.solo.io/v1',
    kind: 'RouteTable',
    metadata: { name: `table-${index}`, namespace: 'default' },
    spec: { routes: [markerAt, ...routes] },
  }
}

/** One virtual host that delegates to `count` route tables. */
export function delegatingRoutes(name: string, domain: string, count: number) {
  const routes = Array.from({ length: count }, (_, index) => ({
    matchers: [{ prefix: `/table/${index}` }],
    delegateAction: { ref: { name: `table-${index}`, namespace: 'default' } },
  }))
  return virtualService(name, domain, routes)
}
