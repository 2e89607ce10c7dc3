import { expect, test } from 'vitest'
import type { Dialect, Translation } from '../../dialects/dialect.ts'
import { emptyConfiguration } from '../../dialects/empty-configuration.ts'
import type { KubeObject } from '../../kube/kube-object.ts'
import type { ObjectSource } from '../../kube/object-source.ts'
import { StatusWriter } from './status-writer.ts'

const reference = { group: 'g', kind: 'K', namespace: 'default', name: 'a' }
const origin = { kind: 'K', namespace: 'default', name: 'a', fieldPath: 'spec' }
const dialect: Dialect = {
  name: 'd',
  kinds: [],
  seeds: [],
  createTranslator: () => ({ translate: () => translation('ok') }),
  addErrors: (status, errors) => `${status}: ${errors.map(({ message }) => message).join()}`,
}
const translation = (status: unknown): Translation => ({
  configuration: emptyConfiguration,
  statuses: [{ object: reference, status }],
  secretIds: new Set(),
})

function createSubject() {
  const written: unknown[] = []
  const source: ObjectSource = {
    list: () => [],
    get: () => undefined,
    subscribe: () => () => undefined,
    createIfMissing: () => undefined,
    ensureOwned: () => undefined,
    writeStatus: (_reference, status) => written.push(status),
    recordEvent: () => undefined,
  }
  return { writer: new StatusWriter(source, () => 0), written }
}

test('a status is written when it changes or when what went wrong changes', () => {
  const { writer, written } = createSubject()
  const first = translation('ok')
  writer.write([dialect], [first], [])
  writer.write([dialect], [first], [])
  writer.write([dialect], [first], [{ origin, message: 'port in use' }])
  writer.write([dialect], [translation('new')], [])
  expect(written).toEqual(['ok', 'ok: port in use', 'new'])
})

test('its own writes are told from changes of others', () => {
  const { writer } = createSubject()
  const spec = {}
  const object = (fields: object): KubeObject => ({
    apiVersion: 'g/v1',
    kind: 'K',
    metadata: { name: 'a', namespace: 'default', generation: 1 },
    spec,
    ...fields,
  })
  const change = (fields: object) => ({
    type: 'modified' as const,
    kind: reference,
    object: object(fields),
    previous: object({}),
  })
  expect(writer.isOwnWork(change({ status: 'ok' }))).toBe(false)
  writer.write([dialect], [translation('ok')], [])
  expect(writer.isOwnWork(change({ status: 'ok' }))).toBe(true)
  expect(writer.isOwnWork(change({ spec: {} }))).toBe(false)
})
