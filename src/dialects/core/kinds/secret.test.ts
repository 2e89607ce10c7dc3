import { expect, test } from 'vitest'
import type { KubeObject } from '../../../kube/kube-object.ts'
import { secretValuesOf } from '../secrets.ts'
import { configMap } from './config-map.ts'
import { secret } from './secret.ts'

const create = (fields: Record<string, unknown>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace: 'default', name: 'token' },
  ...fields,
})
const base64 = (text: string) => Buffer.from(text).toString('base64')
const validate = (fields: Record<string, unknown>, previous?: Record<string, unknown>) =>
  (
    secret.validate?.(create(fields), previous === undefined ? undefined : create(previous)) ?? []
  ).map(({ type, field }) => `${type} ${field}`)

test('clear text becomes data, wins over it, and is not kept', () => {
  const prepared = secret.prepare?.(
    create({ data: { a: base64('old'), b: base64('kept') }, stringData: { a: 'new' } }),
    undefined,
  )
  expect(prepared).toEqual(
    create({ data: { a: base64('new'), b: base64('kept') }, type: 'Opaque' }),
  )
})

test.each([
  ['kubernetes.io/tls', {}, ['required data[tls.crt]', 'required data[tls.key]']],
  ['kubernetes.io/tls', { 'tls.crt': '', 'tls.key': '' }, []],
  ['kubernetes.io/basic-auth', { username: '' }, []],
  ['kubernetes.io/basic-auth', {}, ['required data[username]', 'required data[password]']],
  ['kubernetes.io/ssh-auth', {}, ['required data[ssh-privatekey]']],
  ['gloo.solo.io/header', {}, []],
])('a secret of type %s with %j needs its keys', (type, data, expected) => {
  expect(validate({ type, data })).toEqual(expected)
})

test('values must be base64 and keys file names, and no error repeats a value', () => {
  const errors = secret.validate?.(create({ data: { 'a b': 'sk-secret!' } }), undefined) ?? []
  expect(errors.map(({ type, field }) => `${type} ${field}`)).toEqual([
    'invalid data[a b]',
    'invalid data[a b]',
  ])
  expect(JSON.stringify(errors)).not.toContain('sk-secret')
})

test('an immutable secret keeps its data, and a type never changes', () => {
  const before = { type: 'Opaque', immutable: true, data: { a: base64('1') } }
  expect(validate({ ...before }, before)).toEqual([])
  expect(validate({ ...before, data: { a: base64('2') } }, before)).toEqual(['forbidden data'])
  expect(validate({ ...before, immutable: false }, before)).toEqual(['forbidden immutable'])
  expect(validate({ ...before, type: 'x/y' }, before)).toEqual(['invalid type'])
})

test('more than a mebibyte is refused', () => {
  expect(validate({ data: { a: base64('x'.repeat(1_048_577)) } })).toEqual(['tooLong data'])
  expect(validate({ data: { a: base64('x'.repeat(1_048_576)) } })).toEqual([])
})

test('decoded values lose the line end of the file they came from', () => {
  const values = secretValuesOf(create({ data: { a: base64('Bearer x\r\n'), b: base64('y z') } }))
  expect(values).toEqual({ a: 'Bearer x', b: 'y z' })
})

test('a config map refuses a key that stands in both maps', () => {
  const object = create({ data: { a: 'x' }, binaryData: { a: base64('x') } })
  expect(configMap.validate?.({ ...object, kind: 'ConfigMap' }, undefined)).toMatchObject([
    { type: 'invalid', field: 'data[a]' },
  ])
})

test('an immutable config map keeps its data', () => {
  const before = { ...create({ data: { a: 'x' }, immutable: true }), kind: 'ConfigMap' }
  expect(configMap.validate?.({ ...before, data: { a: 'y' } }, before)).toMatchObject([
    { type: 'forbidden', field: 'data' },
  ])
  expect(configMap.validate?.(before, before)).toEqual([])
})
