import { expect, test } from 'vitest'
import { formatFieldSecret } from '../../kube/field-secret.ts'
import type { KubeObject, ObjectReference } from '../../kube/kube-object.ts'
import type { ObjectSource } from '../../kube/object-source.ts'
import { SecretDistribution } from './secret-distribution.ts'

const thing = (generation: number, resourceVersion: string, token: string): KubeObject => ({
  apiVersion: 'example.dev/v1',
  kind: 'Thing',
  metadata: { name: 'a', namespace: 'b', uid: 'u', generation, resourceVersion },
  spec: { token, other: 'not asked for' },
})
const id = formatFieldSecret({
  object: { group: 'example.dev', kind: 'Thing', namespace: 'b', name: 'a' },
  fieldPath: 'spec.token',
})

function createSubject(first: KubeObject) {
  let object: KubeObject | undefined = first
  const get = ({ kind }: ObjectReference) => (kind === 'Thing' ? object : undefined)
  const source = { get } as unknown as ObjectSource
  const secrets = new SecretDistribution(source, () => ({}))
  const put = (next: KubeObject | undefined) => {
    object = next
  }
  return { secrets, put }
}

test('a credential in an object is sent without what stands beside it', () => {
  const { secrets } = createSubject(thing(1, '5', 'one'))
  expect(secrets.update(new Set([id]))).toEqual({
    type: 'secrets',
    set: [{ id, version: 'u/1', values: { value: 'one' } }],
    remove: [],
  })
})

test('it is sent again when it changes, but not for a new status', () => {
  const { secrets, put } = createSubject(thing(1, '5', 'one'))
  secrets.update(new Set([id]))
  put(thing(1, '6', 'one'))
  expect(secrets.update(new Set([id]))).toBeUndefined()
  put(thing(2, '7', 'two'))
  expect(secrets.update(new Set([id]))?.set).toMatchObject([{ values: { value: 'two' } }])
})

test('it is taken back when the object goes', () => {
  const { secrets, put } = createSubject(thing(1, '5', 'one'))
  secrets.update(new Set([id]))
  put(undefined)
  expect(secrets.update(new Set([id]))).toEqual({ type: 'secrets', set: [], remove: [id] })
})
