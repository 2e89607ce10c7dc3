import { expect, test } from 'vitest'
import type { StructuralSchema } from '../../../kube/structural-schema.ts'
import { glooCore } from '../index.ts'
import { optionsGroup } from '../options-group.ts'
import { behaviours } from './behaviours.ts'
import { glooStateOf } from './define-kind.ts'
import { routeOptionKind } from './option-kinds.ts'
import { settings } from './settings.ts'
import { upstream } from './upstream/upstream.ts'

/** Paths of fields without a verdict of their own or above them; descriptions of containers need none. */
function undecided(schema: StructuralSchema, path: string): string[] {
  if (schema['x-sluice-verdict'] !== undefined) return []
  const inner = Object.entries(schema.properties ?? {})
  if (inner.length > 0) return inner.flatMap(([name, field]) => undecided(field, `${path}.${name}`))
  if (typeof schema.additionalProperties === 'object') {
    return undecided(schema.additionalProperties, `${path}.*`)
  }
  return schema.items === undefined ? [path] : undecided(schema.items, `${path}[]`)
}

function verdicts(schema: StructuralSchema): NonNullable<StructuralSchema['x-sluice-verdict']>[] {
  const own = schema['x-sluice-verdict']
  const inner = Object.values(schema.properties ?? {}).flatMap(verdicts)
  const values = [schema.items, schema.additionalProperties]
  const items = values.flatMap((each) => (typeof each === 'object' ? verdicts(each) : []))
  return [...(own === undefined ? [] : [own]), ...inner, ...items]
}

const specOf = (kind: (typeof glooCore.kinds)[number]) =>
  kind.versions[0]?.schema.properties?.['spec'] ?? {}

test.each(glooCore.kinds)('every field of $kind has a verdict', (kind) => {
  expect(undecided(specOf(kind), 'spec')).toEqual([])
})

test('every verdict names a behaviour test of the list, and every behaviour is named', () => {
  const found = new Set(
    glooCore.kinds
      .flatMap((kind) => verdicts(specOf(kind)))
      .flatMap((verdict) => ('test' in verdict ? [verdict.test] : [])),
  )
  expect([...found].sort()).toEqual(Object.values(behaviours).sort())
})

test('every field is described, but for those of options', () => {
  const missing = (schema: StructuralSchema, path: string): string[] => [
    ...(schema.description === undefined ? [path] : []),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
      missing(field, `${path}.${name}`),
    ),
    ...(schema.items === undefined ? [] : missing(schema.items, `${path}[]`)),
  ]
  const kinds = glooCore.kinds.filter(({ group }) => group !== optionsGroup)
  for (const kind of kinds) expect(missing(specOf(kind), kind.kind)).toEqual([])
})

test('names are those of the vendor', () => {
  expect(glooCore.kinds.map(({ plural, shortNames }) => [plural, ...shortNames])).toEqual([
    ['upstreams', 'us', 'gus'],
    ['upstreamgroups', 'ug', 'gug'],
    ['settings', 'st', 'gst'],
    ['proxies', 'px', 'gpx'],
    ['ratelimitconfigs', 'rlc'],
    ['routeoptions', 'rto', 'rtopts', 'grto'],
    ['virtualhostoptions', 'vho', 'vhopts', 'gvho'],
    ['listeneroptions', 'lisopts'],
    ['httplisteneroptions', 'hlisopts'],
  ])
})

test('turning verification off is answered with a warning', () => {
  const object = (value: string) => ({
    apiVersion: 'gloo.solo.io/v1',
    kind: 'Upstream',
    metadata: { name: 'a', annotations: { 'sluice.dev/insecure-skip-verify': value } },
    spec: {},
  })
  expect(upstream.normalize?.(object('true')).warnings).toEqual([
    'metadata.annotations["sluice.dev/insecure-skip-verify"]: the certificate of this upstream is not verified',
  ])
  expect(upstream.normalize?.(object('yes')).warnings).toEqual([
    'metadata.annotations["sluice.dev/insecure-skip-verify"]: only "true" has an effect, not "yes"; the upstream is verified',
  ])
})

test('an annotation of Sluice that the kind does not have is answered with a warning', () => {
  const annotations = { 'sluice.dev/guard-on-overflows': 'reject', 'example.com/other': 'x' }
  const warningsOf = (kind: typeof settings) =>
    kind.normalize?.({
      ...{ apiVersion: 'gateway.solo.io/v1', kind: kind.kind, spec: {} },
      metadata: { name: 'a', annotations },
    }).warnings
  const place = 'metadata.annotations["sluice.dev/guard-on-overflows"]: not known'
  expect(warningsOf(routeOptionKind)).toEqual([
    `${place}, so it has no effect; known on the kind RouteOption: sluice.dev/guard-max-held-bytes, sluice.dev/guard-max-held-ms, sluice.dev/guard-on-overflow`,
  ])
  expect(warningsOf(settings)).toEqual([
    `${place}, so it has no effect; known on the kind Settings: none`,
  ])
})

test.each([
  [{ statuses: { 'gloo-system': { state: 'Warning' } } }, 'Warning'],
  [{ statuses: { 'gloo-system': { state: 2 } } }, 'Rejected'],
  [{ state: 1, reportedBy: 'gateway' }, 'Accepted'],
  [undefined, undefined],
])('the state of status %j is %s', (status, expected) => {
  const object = {
    apiVersion: 'gloo.solo.io/v1',
    kind: 'Upstream',
    metadata: { name: 'a' },
    status,
  }
  expect(glooStateOf(object)).toBe(expected)
})
