import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { applyDefaults } from '../../../../kube/schema/defaults.ts'
import { validateObject } from '../../../../kube/schema/validation/validate-object.ts'
import { createGatewayApi } from '../../index.ts'

const { kinds } = createGatewayApi([])

/** What is wrong with a spec, as `field: detail`. */
function errorsOf(kind: string, spec: string, previous?: string): string[] {
  const definition = kinds.find((each) => each.kind === kind)
  const schema = definition?.versions[0]?.schema
  if (definition === undefined || schema === undefined) throw new Error(`no kind ${kind}`)
  const objectOf = (text: string): KubeObject =>
    applyDefaults(schema, {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind,
      metadata: { name: 'x' },
      spec: parse(text),
    })
  const before = previous === undefined ? undefined : objectOf(previous)
  const errors = definition.validate?.(objectOf(spec), before) ?? []
  return errors.map(({ field, detail }) => `${field}: ${detail}`)
}

const listeners = (...list: string[]) => `{ gatewayClassName: x, listeners: [${list.join(', ')}] }`

describe('a ListenerSet is refused', () => {
  const parentRef = 'parentRef: { name: gw }'
  test.each([
    [
      'with TLS on HTTP',
      `{ ${parentRef}, listeners: [{ name: a, port: 80, protocol: HTTP, tls: { certificateRefs: [{ name: c }] } }] }`,
      'spec.listeners: tls must not be specified',
    ],
    [
      'with HTTPS without a certificate',
      `{ ${parentRef}, listeners: [{ name: a, port: 443, protocol: HTTPS, tls: {} }] }`,
      'spec.listeners: certificateRefs or options must be specified',
    ],
    [
      'with two listeners of one place',
      `{ ${parentRef}, listeners: [{ name: a, port: 80, protocol: HTTP }, { name: b, port: 80, protocol: HTTP }] }`,
      'spec.listeners: Combination of port, protocol and hostname must be unique',
    ],
  ])('%s', (_, spec, error) => {
    expect(errorsOf('ListenerSet', spec)).toEqual([expect.stringContaining(error)])
  })
})

describe('a Gateway is refused', () => {
  const infrastructure = (fields: string) =>
    `{ gatewayClassName: x, infrastructure: ${fields}, listeners: [{ name: a, port: 80, protocol: HTTP }] }`
  test.each([
    [
      'with the key of a label that is none',
      infrastructure("{ labels: { 'A.test/b': c } }"),
      'spec.infrastructure.labels: A.test/b is no key',
    ],
    [
      'with the key of an annotation whose name is too long',
      infrastructure(`{ annotations: { ${'b'.repeat(64)}: c } }`),
      'is no key: an optional DNS subdomain',
    ],
    [
      'with a key whose prefix is too long',
      infrastructure(`{ labels: { '${'a.'.repeat(126)}test/b': c } }`),
      'is longer than 252 characters',
    ],
    [
      'with TLS on HTTP',
      listeners('{ name: a, port: 80, protocol: HTTP, tls: { certificateRefs: [{ name: c }] } }'),
      'spec.listeners: tls must not be specified',
    ],
    [
      'with HTTPS that is passed through',
      listeners('{ name: a, port: 443, protocol: HTTPS, tls: { mode: Passthrough } }'),
      'spec.listeners: tls mode must be Terminate',
    ],
    [
      'with HTTPS without certificates',
      listeners('{ name: a, port: 443, protocol: HTTPS, tls: {} }'),
      'spec.listeners: certificateRefs or options must be specified',
    ],
    [
      'with a host name for TCP',
      listeners('{ name: a, port: 1, protocol: TCP, hostname: a.test }'),
      'spec.listeners: hostname must not be specified',
    ],
    [
      'with two listeners of one port and host name',
      listeners('{ name: a, port: 80, protocol: HTTP }', '{ name: b, port: 80, protocol: HTTP }'),
      'spec.listeners: Combination of port, protocol and hostname must be unique',
    ],
    [
      'with one port twice in what is asked of clients',
      '{ gatewayClassName: x, listeners: [], tls: { frontend: { default: {}, perPort: [{ port: 443, tls: {} }, { port: 443, tls: {} }] } } }',
      'spec.tls.frontend.perPort: Port for TLS configuration must be unique',
    ],
    [
      'with one address twice',
      '{ gatewayClassName: x, addresses: [{ value: 1.2.3.4 }, { value: 1.2.3.4 }], listeners: [] }',
      'spec.addresses: IPAddress values must be unique',
    ],
    [
      'with an address that has a port',
      "{ gatewayClassName: x, addresses: [{ value: '1.2.3.4:80' }], listeners: [] }",
      'spec.addresses[0]: IPAddress value must be empty or an IP address',
    ],
    [
      'with a host name that is none',
      '{ gatewayClassName: x, addresses: [{ type: Hostname, value: a_b }], listeners: [] }',
      'spec.addresses[0]: Hostname value must be empty or a host name',
    ],
  ])('%s', (_, spec, error) => {
    expect(errorsOf('Gateway', spec).join()).toContain(error)
  })

  test('only then', () => {
    const spec = listeners(
      '{ name: a, port: 80, protocol: HTTP }',
      '{ name: b, port: 80, protocol: HTTP, hostname: b.test }',
      '{ name: c, port: 443, protocol: HTTPS, tls: { certificateRefs: [{ name: c }] } }',
    )
    expect(errorsOf('Gateway', spec)).toEqual([])
  })
})

const rule = (fields: string) => `{ rules: [${fields}] }`
const filter = (fields: string) => rule(`{ filters: [${fields}] }`)

describe('an HTTPRoute is refused', () => {
  test.each([
    [
      'two filters of a type',
      filter('{ type: CORS, cors: {} }, { type: CORS, cors: {} }'),
      'cannot be repeated',
    ],
    [
      'redirect and rewrite',
      filter(
        '{ type: URLRewrite, urlRewrite: {} }, { type: RequestRedirect, requestRedirect: {} }',
      ),
      'May specify either',
    ],
    [
      'a filter without its field',
      filter('{ type: RequestMirror }'),
      'filter.requestMirror must be specified',
    ],
    [
      "a filter with another's field",
      filter('{ type: CORS, cors: {}, urlRewrite: {} }'),
      'filter.urlRewrite must be nil',
    ],
    [
      'percent and fraction',
      filter(
        '{ type: RequestMirror, requestMirror: { percent: 1, fraction: { numerator: 1 }, backendRef: { name: a, port: 1 } } }',
      ),
      'Only one of percent or fraction',
    ],
    [
      'a fraction above one',
      filter(
        '{ type: RequestMirror, requestMirror: { fraction: { numerator: 9, denominator: 8 }, backendRef: { name: a, port: 1 } } }',
      ),
      'numerator must be less than or equal',
    ],
    [
      'a star beside origins',
      filter("{ type: CORS, cors: { allowOrigins: ['*', 'https://a.test'] } }"),
      "AllowOrigins cannot contain '*' alongside other origins",
    ],
    [
      'a path type without its field',
      filter(
        '{ type: URLRewrite, urlRewrite: { path: { type: ReplaceFullPath, replacePrefixMatch: /x } } }',
      ),
      'replaceFullPath must be specified',
    ],
    [
      'a prefix replacement for an exact match',
      rule(
        '{ matches: [{ path: { type: Exact, value: /a } }], filters: [{ type: URLRewrite, urlRewrite: { path: { type: ReplacePrefixMatch, replacePrefixMatch: /x } } }] }',
      ),
      'exactly one PathPrefix match',
    ],
    [
      'a redirect with backends',
      rule(
        '{ filters: [{ type: RequestRedirect, requestRedirect: {} }], backendRefs: [{ name: a, port: 1 }] }',
      ),
      'RequestRedirect filter must not be used together with backendRefs',
    ],
    [
      'a Service without port',
      rule('{ backendRefs: [{ name: a }] }'),
      'Must have port for Service reference',
    ],
    ['a path with //', rule('{ matches: [{ path: { value: /a//b } }] }'), "must not contain '//'"],
    [
      'a path that ends in ..',
      rule('{ matches: [{ path: { value: /a/.. } }] }'),
      "must not end with '/..'",
    ],
    [
      'a path with a space',
      rule("{ matches: [{ path: { value: '/a b' } }] }"),
      'must only contain valid characters',
    ],
    ['two rules of a name', rule('{ name: a }, { name: a }'), 'Rule name must be unique'],
    [
      'a try longer than the request',
      rule('{ timeouts: { request: 1s, backendRequest: 2s } }'),
      'backendRequest timeout cannot be longer',
    ],
    [
      'a permanent cookie without end',
      rule('{ sessionPersistence: { cookie: { lifetimeType: Permanent } } }'),
      'AbsoluteTimeout must be specified',
    ],
    [
      'one parent twice',
      '{ parentRefs: [{ name: a }, { name: a, port: 80 }] }',
      'sectionName or port must be specified',
    ],
    [
      'a listener by name and one by port',
      '{ parentRefs: [{ name: a, sectionName: x }, { name: a, port: 80 }] }',
      'sectionName or port must be specified',
    ],
    [
      'one listener twice',
      '{ parentRefs: [{ name: a, port: 80 }, { name: a, port: 80 }] }',
      'sectionName or port must be unique',
    ],
  ])('with %s', (_, spec, error) => {
    expect(errorsOf('HTTPRoute', spec).join()).toContain(error)
  })

  test('only then', () => {
    const spec =
      '{ parentRefs: [{ name: a }, { name: b }], rules: [{ timeouts: { request: 0s, backendRequest: 2s }, backendRefs: [{ name: a, port: 1 }, { group: x.test, kind: Odd, name: b }] }] }'
    expect(errorsOf('HTTPRoute', spec)).toEqual([])
  })
})

test.each([
  ['{ rules: [{ matches: [{ method: {} }] }] }', 'One or both of service or method'],
  ['{ rules: [{ matches: [{ method: { service: a/b } }] }] }', 'service must only contain'],
  ['{ rules: [{ matches: [{ method: { method: a.b } }] }] }', 'method must only contain'],
  ['{ rules: [{ backendRefs: [{ name: a }] }] }', 'Must have port for Service reference'],
])('a GRPCRoute %s is refused', (spec, error) => {
  expect(errorsOf('GRPCRoute', spec).join()).toContain(error)
})

test('a GRPCRoute may name a service with a leading dot', () => {
  const spec = '{ rules: [{ matches: [{ method: { service: .shop.v1.Cart } }] }] }'
  expect(errorsOf('GRPCRoute', spec)).toEqual([])
})

const policy = (validation: string, targets = '{ group: "", kind: Service, name: a }') =>
  `{ targetRefs: [${targets}], validation: { hostname: a.test, ${validation} } }`
const target = '{ group: "", kind: Service, name: a }'

test.each([
  [policy(''), 'must specify either'],
  [
    policy(
      'wellKnownCACertificates: System, caCertificateRefs: [{ group: "", kind: ConfigMap, name: a }]',
    ),
    'must not contain both',
  ],
  [
    policy('wellKnownCACertificates: System, subjectAltNames: [{ type: URI, hostname: a.test }]'),
    'must contain URI',
  ],
  [
    policy('wellKnownCACertificates: System', `${target}, ${target}`),
    'sectionName must be specified',
  ],
])('a BackendTLSPolicy %s is refused', (spec, error) => {
  expect(errorsOf('BackendTLSPolicy', spec).join()).toContain(error)
})

test('the controller of a class stays', () => {
  const spec = (name: string) => `{ controllerName: a.test/${name} }`
  expect(errorsOf('GatewayClass', spec('b'), spec('a'))).toEqual([
    'spec.controllerName: Value is immutable',
  ])
  expect(errorsOf('GatewayClass', spec('a'), spec('a'))).toEqual([])
})

test.each([
  ['wellKnownCACertificates: System', []],
  ['wellKnownCACertificates: a.test/Own', []],
  ['wellKnownCACertificates: system', ['spec.validation.wellKnownCACertificates']],
  ['subjectAltNames: [{ type: URI, uri: "spiffe://a.test/b" }]', []],
  ['subjectAltNames: [{ type: URI, uri: a.test/b }]', ['spec.validation.subjectAltNames[0].uri']],
])('the form of %s in a BackendTLSPolicy is checked', (validation, fields) => {
  const schema = kinds.find(({ kind }) => kind === 'BackendTLSPolicy')?.versions[0]?.schema
  if (schema === undefined) throw new Error('no schema')
  const errors = validateObject(schema, {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'BackendTLSPolicy',
    metadata: { name: 'x' },
    spec: parse(policy(validation)),
  })
  expect(errors.map(({ field }) => field)).toEqual(fields)
})
