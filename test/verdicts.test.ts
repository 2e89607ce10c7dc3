import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { dialects } from '../src/dialects/index.ts'
import type { KindDefinition } from '../src/kube/kind-definition.ts'
import type { FieldVerdict, StructuralSchema } from '../src/kube/structural-schema.ts'

interface Field {
  readonly path: string
  readonly verdict: FieldVerdict | undefined
}

const specOf = (schema: StructuralSchema) => schema.properties?.['spec'] ?? {}

/** The fields that have a verdict, and the leaves for which neither they nor what they stand in has one. */
function fieldsOf(schema: StructuralSchema, path: string, isCovered = false): Field[] {
  const verdict = schema['x-sluice-verdict']
  const covered = isCovered || verdict !== undefined
  const below = schema.properties ?? {}
  const inner = [
    ...Object.entries(below).flatMap(([name, field]) =>
      fieldsOf(field, `${path}.${name}`, covered),
    ),
    ...(schema.items === undefined ? [] : fieldsOf(schema.items, `${path}[]`, covered)),
    ...(typeof schema.additionalProperties === 'object'
      ? fieldsOf(schema.additionalProperties, `${path}.*`, covered)
      : []),
  ]
  const isUndecidedLeaf = !covered && inner.length === 0
  return verdict !== undefined || isUndecidedLeaf ? [{ path, verdict }, ...inner] : inner
}

const kinds = dialects.flatMap((dialect) => dialect.kinds)

const versionsOf = (kind: KindDefinition) =>
  kind.versions.map(({ name, schema }) => ({ name: `${kind.kind} ${name}`, schema }))

const vendorVersions = kinds.filter(({ group }) => group.includes('solo.io')).flatMap(versionsOf)

/** Titles of `test('…'` and of what follows `test.each(…)(`, in every test file. */
function titlesIn(file: string): string[] {
  const source = readFileSync(file, 'utf8')
  const patterns = [/\btest\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1\s*,/g]
  if (source.includes('test.each')) patterns.push(/\)\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1\s*,/g)
  return patterns.flatMap((pattern) =>
    [...source.matchAll(pattern)].map(([, , title = '']) => title.replace(/\\(.)/g, '$1')),
  )
}

const root = join(import.meta.dirname, '..')
const titles = new Set(
  ['src', 'test'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .flatMap((file) => titlesIn(join(root, folder, file))),
  ),
)

const testOf = (verdict: FieldVerdict | undefined) =>
  verdict?.type === 'honoured' || verdict?.type === 'approximated' ? verdict.test : undefined

describe('every field of a vendor has a verdict:', () => {
  test.each(vendorVersions)('$name', ({ schema }) => {
    const undecided = fieldsOf(specOf(schema), 'spec').filter(({ verdict }) => !verdict)
    expect(undecided.map(({ path }) => path)).toEqual([])
  })
})

describe('every field that Sluice acts on names a test that exists:', () => {
  test.each(kinds.flatMap(versionsOf))('$name', ({ schema }) => {
    const unproven = fieldsOf(schema, '').flatMap(({ path, verdict }) => {
      const title = testOf(verdict)
      return title === undefined || titles.has(title) ? [] : [`${path}: ${title}`]
    })
    expect(unproven).toEqual([])
  })
})

describe('every title of a table of behaviours is named by a field:', () => {
  const tables = dialects.flatMap(({ name }) => {
    const file = join(root, 'src/dialects', name, 'kinds/behaviours.ts')
    return existsSync(file) ? [{ name, file }] : []
  })
  test.each(tables)('$name', async ({ name, file }) => {
    const { behaviours } = (await import(file)) as { behaviours: Record<string, string> }
    const kindsOfDialect = dialects.find((dialect) => dialect.name === name)?.kinds ?? []
    const named = new Set(
      kindsOfDialect
        .flatMap(versionsOf)
        .flatMap(({ schema }) => fieldsOf(schema, '').map(({ verdict }) => testOf(verdict))),
    )
    expect(Object.values(behaviours).filter((title) => !named.has(title))).toEqual([])
  })
})
