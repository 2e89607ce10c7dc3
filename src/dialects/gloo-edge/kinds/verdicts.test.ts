import { expect, test } from 'vitest'
import type { StructuralSchema } from '../../../kube/structural-schema.ts'
import { glooEdge } from '../index.ts'

/** Paths of the leaves for which neither the field nor what it stands in has a verdict. */
function leavesWithoutVerdict(schema: StructuralSchema, path: string): string[] {
  if (schema['x-sluice-verdict'] !== undefined) return []
  if (schema.items !== undefined) return leavesWithoutVerdict(schema.items, `${path}[]`)
  const properties = Object.entries(schema.properties ?? {})
  if (properties.length === 0) return [path]
  return properties.flatMap(([name, inner]) => leavesWithoutVerdict(inner, `${path}.${name}`))
}

test.each(glooEdge.kinds.map((kind) => [kind.kind, kind] as const))(
  'every field of %s has a verdict',
  (_, { versions }) => {
    const spec = versions[0]?.schema.properties?.['spec'] ?? {}
    expect(leavesWithoutVerdict(spec, 'spec')).toEqual([])
  },
)
