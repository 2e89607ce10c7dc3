import { describe, expect, test } from 'vitest'
import type { KindVersion } from '../kind-definition.ts'
import type { KubeObject } from '../kube-object.ts'
import { createTableBuilder } from './table.ts'

const nowMs = Date.parse('2026-01-01T01:00:00Z')
const version: KindVersion = {
  name: 'v1',
  served: true,
  storage: true,
  schema: { type: 'object' },
  statusSubresource: false,
  columns: [
    { name: 'Type', type: 'string', value: '.spec.type' },
    { name: 'Ports', type: 'string', value: '.spec.ports[*].port', priority: 1 },
    { name: 'Data', type: 'integer', value: (object) => Object.keys(object['data'] ?? {}).length },
  ],
}
const object: KubeObject = {
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name: 'a', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { type: 'round', ports: [{ port: 1 }, { port: 2 }] },
  data: { one: '1' },
}

describe('a table', () => {
  const { columnDefinitions, row } = createTableBuilder(version, 'v1')

  test('has the name first and the age last', () => {
    expect(columnDefinitions.map(({ name }) => name)).toEqual([
      ...['Name', 'Type', 'Ports', 'Data', 'Age'],
    ])
    expect(columnDefinitions[2]).toMatchObject({ priority: 1 })
    expect(row(object, 'None', nowMs)).toEqual({ cells: ['a', 'round', '1 2', 1, '60m'] })
  })

  test('leaves a cell empty whose field is missing', () => {
    const bare = { ...object, spec: {}, metadata: { name: 'b' } }
    expect(row(bare, 'None', nowMs).cells).toEqual(['b', null, null, 1, '<unknown>'])
  })

  test('carries what the client asked for of each object', () => {
    expect(row(object, 'Object', nowMs).object).toBe(object)
    expect(row(object, 'Metadata', nowMs).object).toEqual({
      kind: 'PartialObjectMetadata',
      apiVersion: 'meta.k8s.io/v1',
      metadata: object.metadata,
    })
  })

  test('leaves the name and the age to a kind that lists its name itself', () => {
    const own = { ...version, columns: [{ name: 'Name', type: 'string', value: '.spec.type' }] }
    expect(createTableBuilder(own as KindVersion, 'v1').row(object, 'None', nowMs)).toEqual({
      cells: ['round'],
    })
  })

  test('keeps an age column that the kind declares itself', () => {
    const own = { ...version, columns: [{ name: 'AGE', type: 'date', value: '.spec.since' }] }
    expect(createTableBuilder(own as KindVersion, 'v1').columnDefinitions).toHaveLength(2)
  })
})
