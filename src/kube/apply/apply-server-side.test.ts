import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../kube-object.ts'
import type { StructuralSchema } from '../structural-schema.ts'
import { applyServerSide, type ServerSideApply } from './apply-server-side.ts'
import type { ApplyConflict } from './conflicts.ts'
import { edit, later, now, object, ownersOf, schema, update } from './testing/tracked-objects.ts'

function attempt(
  live: KubeObject | undefined,
  applied: KubeObject,
  options: Partial<ServerSideApply> = {},
) {
  const defaults = { manager: 'one', force: false, schema, apiVersion: 'x/v1', now }
  return applyServerSide({ ...defaults, live, applied, ...options })
}

function apply(
  live: KubeObject | undefined,
  spec: Record<string, unknown>,
  options: Partial<ServerSideApply> = {},
): KubeObject {
  const result = attempt(live, object(spec), options)
  if (!('object' in result)) throw new Error(JSON.stringify(result))
  return result.object
}

function conflictsOf(
  live: KubeObject,
  spec: Record<string, unknown>,
  options: Partial<ServerSideApply> = {},
): readonly ApplyConflict[] {
  const result = attempt(live, object(spec), options)
  return 'conflicts' in result ? result.conflicts : []
}

describe('server-side apply', () => {
  test('creates an object whose applier owns what it applied, and no identity fields', () => {
    const created = apply(undefined, { replicas: 1, labels: { a: '1' } })
    expect(created).toEqual({
      ...object({ replicas: 1, labels: { a: '1' } }),
      metadata: {
        name: 'a',
        namespace: 'n',
        managedFields: [
          {
            manager: 'one',
            operation: 'Apply',
            apiVersion: 'x/v1',
            time: '2026-11-20T10:00:00Z',
            fieldsType: 'FieldsV1',
            fieldsV1: { 'f:spec': { 'f:replicas': {}, 'f:labels': { 'f:a': {} } } },
          },
        ],
      },
    })
  })

  test('removes what its applier leaves out, and keeps what others own', () => {
    const first = apply(undefined, { replicas: 1, image: 'i', labels: { a: '1' } })
    const second = apply(first, { image: 'i', labels: { b: '2' } }, { manager: 'two' })
    expect(apply(second, { replicas: 1 })['spec']).toEqual({
      replicas: 1,
      image: 'i',
      labels: { b: '2' },
    })
  })

  test('removes the parent with the last of its fields', () => {
    const first = apply(undefined, { replicas: 1, labels: { a: '1' } })
    expect(apply(first, { replicas: 1 })['spec']).toEqual({ replicas: 1 })
  })

  test('refuses to change what another manager owns', () => {
    const live = apply(undefined, { replicas: 1, image: 'i' })
    expect(conflictsOf(live, { replicas: 2 }, { manager: 'two' })).toEqual([
      { manager: 'one', operation: 'Apply', apiVersion: 'x/v1', fields: ['.spec.replicas'] },
    ])
  })

  test('shares a field that both want to be the same', () => {
    const live = apply(apply(undefined, { replicas: 1 }), { replicas: 1 }, { manager: 'two' })
    const fields = { 'f:spec': { 'f:replicas': {} } }
    expect(ownersOf(live)).toEqual({ 'one/Apply': fields, 'two/Apply': fields })
  })

  test('takes a field over with force', () => {
    const live = apply(undefined, { replicas: 1, image: 'i' })
    const forced = apply(live, { replicas: 2 }, { manager: 'two', force: true })
    expect(forced['spec']).toEqual({ replicas: 2, image: 'i' })
    expect(ownersOf(forced)).toEqual({
      'one/Apply': { 'f:spec': { 'f:image': {} } },
      'two/Apply': { 'f:spec': { 'f:replicas': {} } },
    })
  })

  test('merges list maps by key and counts a default as part of the key', () => {
    const live = apply(undefined, { ports: [{ port: 80, name: 'a' }, { port: 443 }] })
    const second = { ports: [{ port: 80, protocol: 'TCP', name: 'a' }, { port: 9 }] }
    const merged = apply(live, second, { manager: 'two' })
    expect(merged['spec']).toEqual({
      ports: [{ port: 80, name: 'a', protocol: 'TCP' }, { port: 443 }, { port: 9 }],
    })
    expect(apply(merged, { ports: [{ port: 80, name: 'a' }] })['spec']).toEqual({
      ports: [{ port: 80, name: 'a', protocol: 'TCP' }, { port: 9 }],
    })
  })

  test('names a list item in a conflict by its key', () => {
    const live = apply(undefined, { ports: [{ port: 80, name: 'a' }] })
    const other = { ports: [{ port: 80, name: 'b' }] }
    expect(conflictsOf(live, other, { manager: 'two' })[0]?.fields).toEqual([
      '.spec.ports[port=80,protocol="TCP"].name',
    ])
  })

  test('merges sets, in the order of the applied one', () => {
    const live = apply(undefined, { hosts: ['a', 'b'] })
    const merged = apply(live, { hosts: ['c', 'b'] }, { manager: 'two' })
    expect(merged['spec']).toEqual({ hosts: ['a', 'c', 'b'] })
    expect(apply(merged, { hosts: [] })['spec']).toEqual({ hosts: ['c', 'b'] })
  })

  test('owns lists without a type and atomic maps as a whole', () => {
    const live = apply(undefined, { routes: ['a'], whole: { a: '1' } })
    expect(ownersOf(live)).toEqual({
      'one/Apply': { 'f:spec': { 'f:routes': {}, 'f:whole': {} } },
    })
    expect(conflictsOf(live, { routes: ['b'] }, { manager: 'two' })[0]?.fields).toEqual([
      '.spec.routes',
    ])
  })

  test('gives the whole to who owned parts of what the schema made atomic since', () => {
    const live = apply(undefined, { ports: [{ port: 80 }], replicas: 1 })
    const atomic: StructuralSchema = {
      type: 'object',
      properties: {
        spec: {
          type: 'object',
          properties: { ports: { type: 'array' }, replicas: { type: 'integer' } },
        },
      },
    }
    const result = attempt(live, object({ ports: [{ port: 81 }] }), {
      schema: atomic,
      manager: 'two',
    })
    expect('conflicts' in result && result.conflicts[0]?.fields).toEqual(['.spec.ports'])
  })

  test('owns unknown fields by their shape', () => {
    const live = apply(undefined, { free: { a: { b: 1 }, list: [{ c: 1 }] }, other: { d: 1 } })
    expect(ownersOf(live)).toEqual({
      'one/Apply': {
        'f:spec': {
          'f:free': { 'f:a': { '.': {}, 'f:b': {} }, 'f:list': {} },
          'f:other': { '.': {}, 'f:d': {} },
        },
      },
    })
  })

  test('applied twice changes nothing, the time included', () => {
    const live = apply(undefined, { replicas: 1, hosts: ['a'], ports: [{ port: 80 }] })
    const spec = { replicas: 1, hosts: ['a'], ports: [{ port: 80 }] }
    expect(apply(live, spec, { now: later })).toBe(live)
  })

  test('twice is the same as once whatever was there', () => {
    const spec = fc.record(
      {
        replicas: fc.integer(),
        labels: fc.dictionary(fc.string(), fc.string()),
        hosts: fc.uniqueArray(fc.string()),
        ports: fc.uniqueArray(fc.record({ port: fc.nat(9), name: fc.string() }), {
          selector: (port) => port.port,
        }),
        free: fc.dictionary(fc.string(), fc.jsonValue()),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(spec, spec, spec, (first, second, third) => {
        const live = edit(apply(undefined, first), second)
        const options = { manager: 'two', force: true }
        const once = apply(live, third, options)
        expect(apply(once, third, { ...options, now: later })).toBe(once)
      }),
    )
  })

  test('gives what was there before to a manager of its own', () => {
    const live = object({ replicas: 1, image: 'i' })
    const result = attempt(live, object({ replicas: 2 }))
    expect(result).toEqual({
      conflicts: [
        {
          manager: 'before-first-apply',
          operation: 'Update',
          apiVersion: 'x/v1',
          fields: ['.spec.replicas'],
        },
      ],
    })
  })

  test('leaves status to the status subresource', () => {
    const applied = object({ replicas: 1 }, { status: { ready: true } })
    const result = attempt(undefined, applied, { statusSubresource: true })
    expect('object' in result && ownersOf(result.object)).toEqual({
      'one/Apply': { 'f:spec': { 'f:replicas': {} } },
    })
    const live = apply(undefined, { replicas: 1 })
    const status = attempt(
      live,
      { ...object({ replicas: 5 }), status: { ready: true } },
      {
        subresource: 'status',
        statusSubresource: true,
        manager: 'two',
        force: true,
      },
    )
    expect('object' in status && ownersOf(status.object)).toMatchObject({
      'two/Apply': { 'f:status': { 'f:ready': {} } },
    })
  })

  test.each<[string, KubeObject, RegExp]>([
    ['another version', { ...object({}), apiVersion: 'x/v2' }, /^Incorrect version specified/],
    [
      'managed fields',
      { ...object({}), metadata: { name: 'a', managedFields: [] } },
      /^metadata.managedFields must be nil$/,
    ],
    [
      'a key that stands twice',
      object({ ports: [{ port: 1 }, { port: 1, protocol: 'TCP' }] }),
      /\.spec\.ports: duplicate entries for key \[\{"port":1,"protocol":"TCP"\}\]$/,
    ],
  ])('refuses %s', (_name, applied, message) => {
    const result = attempt(undefined, applied)
    expect('invalid' in result ? result.invalid : '').toMatch(message)
  })
})

describe('kubectl apply --server-side after kubectl apply', () => {
  const configuration = object({ replicas: 1, image: 'i' })
  const annotations = {
    'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(configuration),
  }
  const annotated = { ...configuration, metadata: { ...configuration.metadata, annotations } }
  const live = update(undefined, annotated, { manager: 'kubectl-client-side-apply' })

  test('changes what client-side apply set without a conflict', () => {
    const result = attempt(live, object({ replicas: 2, image: 'i' }), { manager: 'kubectl' })
    expect('object' in result && result.object['spec']).toEqual({ replicas: 2, image: 'i' })
    expect('object' in result && ownersOf(result.object)['kubectl/Apply']).toEqual({
      'f:spec': { 'f:replicas': {}, 'f:image': {} },
    })
  })

  test('keeps the annotation in step', () => {
    const result = attempt(live, object({ replicas: 2 }), { manager: 'kubectl' })
    const text =
      'object' in result
        ? result.object.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration']
        : ''
    expect(JSON.parse(text ?? '')).toMatchObject({ spec: { replicas: 2 } })
  })

  test('conflicts with what somebody changed since', () => {
    const scaled = edit(live, { replicas: 5, image: 'i' }, 'scaler')
    expect(conflictsOf(scaled, { replicas: 2 }, { manager: 'kubectl' })).toEqual([
      { manager: 'scaler', operation: 'Update', apiVersion: 'x/v1', fields: ['.spec.replicas'] },
    ])
  })

  test('conflicts for any other manager', () => {
    expect(conflictsOf(live, { replicas: 2 })).toHaveLength(1)
  })

  test('removes fields after kubectl has moved its update entry to an apply entry', () => {
    const managedFields = (live.metadata.managedFields ?? []).map((entry) => ({
      ...entry,
      manager: 'kubectl',
      operation: 'Apply' as const,
    }))
    const patched = { ...live, metadata: { ...live.metadata, managedFields } }
    const migrated = update(live, patched, { manager: 'kubectl' })
    expect(Object.keys(ownersOf(migrated))).toEqual(['kubectl/Apply'])
    const result = attempt(migrated, object({ replicas: 1 }), { manager: 'kubectl' })
    expect('object' in result && result.object['spec']).toEqual({ replicas: 1 })
  })
})
