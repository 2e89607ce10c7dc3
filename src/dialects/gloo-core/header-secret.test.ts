import { expect, test } from 'vitest'
import type { KubeObject } from '../../kube/kube-object.ts'
import { createObjectView } from '../shared/testing/object-view.ts'
import { findHeaderSecret, glooSecretTypeOf } from './header-secret.ts'

const secret = (type: string, keys: readonly string[], annotations = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace: 'default', name: 'hftoken', resourceVersion: '3', annotations },
  type,
  data: Object.fromEntries(keys.map((key) => [key, 'eA=='])),
})
const reference = { namespace: 'default', name: 'hftoken' }

test('every data key of a header secret is a header', () => {
  const object = secret('gloo.solo.io/header', ['Authorization', 'x-team'])
  const value = (key: string) => ({ secretId: 'default/hftoken', key, version: '3' })
  expect(findHeaderSecret(createObjectView([object]), reference)).toEqual({
    type: 'found',
    headers: [
      { name: 'Authorization', value: value('Authorization') },
      { name: 'x-team', value: value('x-team') },
    ],
  })
})

test('a missing secret and one of another type are named as Gloo names them', () => {
  expect(findHeaderSecret(createObjectView([]), reference)).toEqual({
    type: 'error',
    message: 'list did not find secret default.hftoken',
  })
  const tls = secret('kubernetes.io/tls', ['tls.crt', 'tls.key'])
  expect(findHeaderSecret(createObjectView([tls]), reference)).toEqual({
    type: 'error',
    message: 'Secret default.hftoken was not a Header secret',
  })
})

test.each([
  ['Opaque', ['Authorization'], {}, 'header'],
  ['example.com/own', ['a'], {}, 'header'],
  ['gloo.solo.io/header', [], {}, 'empty'],
  ['Opaque', ['aws_access_key_id', 'aws_secret_access_key'], {}, 'aws'],
  ['extauth.solo.io/apikey', ['api-key'], {}, 'api-key'],
  ['extauth.solo.io/oauth', ['client-secret'], {}, 'oauth'],
  ['extauth.solo.io/accountcredentials', ['username'], {}, 'account-credentials'],
  ['gloo.solo.io.EncryptionKeySecret', ['key'], {}, 'encryption-key'],
  ['Opaque', ['x'], { resource_kind: '*v1.Secret' }, 'annotated'],
])('a secret of type %s with the keys %j and annotations %j is of type %s', (...row) => {
  const [type, keys, annotations, expected] = row
  expect(glooSecretTypeOf(secret(type, keys, annotations))).toBe(expected)
})
