import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { StructuralSchema } from '../../../kube/structural-schema.ts'
import { createGatewayApi } from '../index.ts'
import { behaviours } from './behaviours.ts'

const { kinds } = createGatewayApi([])

const specOf = (kind: (typeof kinds)[number]) => kind.versions[0]?.schema.properties?.['spec'] ?? {}

/** Paths of the leaves for which neither the field nor what it stands in has a verdict. */
function leavesWithoutVerdict(schema: StructuralSchema, path: string): string[] {
  if (schema['x-sluice-verdict'] !== undefined) return []
  if (schema.items !== undefined) return leavesWithoutVerdict(schema.items, `${path}[]`)
  const properties = Object.entries(schema.properties ?? {})
  if (properties.length === 0) return [path]
  return properties.flatMap(([name, inner]) => leavesWithoutVerdict(inner, `${path}.${name}`))
}

function testsOf(schema: StructuralSchema): string[] {
  const verdict = schema['x-sluice-verdict']
  const inner = [...Object.values(schema.properties ?? {}), ...(schema.items ? [schema.items] : [])]
  return [
    ...(verdict !== undefined && 'test' in verdict ? [verdict.test] : []),
    ...inner.flatMap(testsOf),
  ]
}

test.each(kinds)('every field of $kind has a verdict', (kind) => {
  expect(leavesWithoutVerdict(specOf(kind), 'spec')).toEqual([])
})

test('every behaviour is named by a field and shown by a test', () => {
  const named = new Set(kinds.flatMap((kind) => testsOf(specOf(kind))))
  const folder = new URL('../../../../test/behaviours/gateway-api/', import.meta.url)
  const sources = readdirSync(folder)
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(new URL(file, folder), 'utf8'))
  for (const title of Object.values(behaviours)) {
    expect(named, 'fields').toContain(title)
    expect(
      sources.some((source) => source.includes(`test('${title}'`)),
      title,
    ).toBe(true)
  }
})

test('names and versions are those of upstream', () => {
  expect(
    kinds.map(({ plural, shortNames, scope, versions }) =>
      [plural, ...shortNames, scope, ...versions.map(({ name }) => name)].join(' '),
    ),
  ).toEqual([
    'gatewayclasses gc Cluster v1 v1beta1',
    'gateways gtw Namespaced v1 v1beta1',
    'listenersets lset Namespaced v1',
    'httproutes Namespaced v1 v1beta1',
    'grpcroutes Namespaced v1',
    'referencegrants refgrant Namespaced v1 v1beta1',
    'backendtlspolicies btlspolicy Namespaced v1 v1alpha3',
  ])
})
