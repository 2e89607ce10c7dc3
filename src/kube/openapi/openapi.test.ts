import { describe, expect, test } from 'vitest'
import type { KindDefinition } from '../kind-definition.ts'
import { createOpenApiV2, writeOpenApiV2Json } from './openapi-v2.ts'
import { encodeOpenApiV2 } from './openapi-v2-protobuf.ts'
import { createOpenApiV3 } from './openapi-v3.ts'

const widget: KindDefinition = {
  group: 'example.com',
  kind: 'Widget',
  plural: 'widgets',
  singular: 'widget',
  shortNames: [],
  categories: [],
  scope: 'Namespaced',
  unknownFields: 'refuse',
  versions: [
    {
      name: 'v1',
      served: true,
      storage: true,
      columns: [],
      statusSubresource: true,
      schema: {
        type: 'object',
        properties: {
          spec: {
            type: 'object',
            properties: {
              size: {
                type: 'integer',
                exclusiveMinimum: 0,
                nullable: true,
                description: 'How large it is.',
                'x-sluice-verdict': { type: 'informational' },
              },
              port: { type: 'string', 'x-kubernetes-int-or-string': true },
              color: {
                type: 'string',
                description: 'Its colour.',
                'x-sluice-verdict': { type: 'ignored', reason: 'nothing is painted' },
              },
              shape: {
                type: 'string',
                'x-sluice-verdict': { type: 'approximated', how: 'all are round', test: '' },
              },
              free: {
                type: 'object',
                properties: { a: { type: 'string' } },
                'x-kubernetes-preserve-unknown-fields': true,
              },
            },
          },
        },
      },
    },
  ],
}
const name = 'com.example.v1.Widget'

describe('OpenAPI v3', () => {
  const { index, documents } = createOpenApiV3([widget], 'v1')
  const document = JSON.parse(documents.get('apis/example.com/v1')?.json ?? '{}')

  test('lists a document per group and version with its hash', () => {
    expect(index).toEqual({
      paths: {
        'apis/example.com/v1': {
          serverRelativeURL: `/openapi/v3/apis/example.com/v1?hash=${documents.get('apis/example.com/v1')?.hash}`,
        },
      },
    })
  })

  test('shows the schema of a kind without what is ours alone', () => {
    const schema = document.components.schemas[name]
    expect(schema['x-kubernetes-group-version-kind']).toEqual([
      { group: 'example.com', version: 'v1', kind: 'Widget' },
    ])
    expect(schema.properties.spec.properties.size).toEqual({
      type: 'integer',
      minimum: 0,
      exclusiveMinimum: true,
      nullable: true,
      description: 'How large it is.',
    })
    expect(schema.properties.metadata.allOf).toEqual([
      { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' },
    ])
  })

  test('says which fields have no effect, or another', () => {
    const { spec } = document.components.schemas[name].properties
    expect(spec.properties.color.description).toBe('Its colour. Ignored: nothing is painted.')
    expect(spec.properties.shape.description).toBe('Approximated: all are round.')
  })

  test('refers to schemas of the same document only', () => {
    const references = JSON.stringify(document).matchAll(
      /"\$ref":"#\/components\/schemas\/([^"]+)"/g,
    )
    const names = [...references].map(([, found]) => found)
    expect(names).not.toHaveLength(0)
    expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(names))
  })

  test('declares field validation where objects are written', () => {
    const item = document.paths['/apis/example.com/v1/namespaces/{namespace}/widgets/{name}']
    for (const method of ['patch', 'put']) {
      expect(item[method].parameters).toContainEqual(
        expect.objectContaining({ name: 'fieldValidation', in: 'query' }),
      )
    }
    expect(item.patch['x-kubernetes-action']).toBe('patch')
    expect(item.patch['x-kubernetes-group-version-kind'].kind).toBe('Widget')
  })
})

describe('OpenAPI v2', () => {
  const document = createOpenApiV2([widget], 'v1')

  test('has only what the format can say', () => {
    const spec = document.definitions[name]?.properties?.['spec']
    expect(spec?.properties).toEqual({
      size: expect.not.objectContaining({ nullable: true }),
      port: { 'x-kubernetes-int-or-string': true },
      color: expect.anything(),
      shape: expect.anything(),
      free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    })
  })

  test('shows no fields below the top of kinds that keep unknown ones', () => {
    const kept = createOpenApiV2([{ ...widget, unknownFields: 'keep' }], 'v1')
    const schema = kept.definitions[name]
    expect(Object.keys(schema?.properties ?? {})).toEqual([
      'apiVersion',
      'kind',
      'metadata',
      'spec',
    ])
    expect(schema?.properties?.['spec']).not.toHaveProperty('properties')
  })

  test('is written as JSON with its operations', () => {
    const written = JSON.parse(writeOpenApiV2Json(document))
    const item = written.paths['/apis/example.com/v1/namespaces/{namespace}/widgets/{name}']
    expect(item.patch.parameters).toContainEqual(
      expect.objectContaining({ name: 'fieldValidation', in: 'query', type: 'string' }),
    )
    expect(item.patch.responses['200'].schema.$ref).toBe(`#/definitions/${name}`)
  })

  test('is encoded as protobuf with the Swagger version first', () => {
    const bytes = Buffer.from(encodeOpenApiV2(document))
    expect(bytes.subarray(0, 5)).toEqual(Buffer.from('\x0a\x032.0'))
    expect(bytes.includes('x-kubernetes-group-version-kind')).toBe(true)
  })
})
