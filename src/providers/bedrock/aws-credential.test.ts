import { createHash, createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { HeaderList } from '../../lib/http/header-list.ts'
import { createAwsCredential } from './aws-credential.ts'

const keys = {
  type: 'aws',
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'held-secret',
  sessionToken: 'session',
} as const
const place = { region: 'eu-west-1', now: () => Date.UTC(2026, 10, 20, 9, 5, 7) }
const host = 'bedrock-runtime.eu-west-1.amazonaws.com'
const path = '/model/anthropic.claude-v2%3A1/converse'
const body = Buffer.from('{"messages":[]}')

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')

/** The signature as its specification builds it
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). */
function expectedSignature(headers: HeaderList, signedNames: string, query = ''): string {
  const canonicalHeaders = signedNames.split(';').map((name) => `${name}:${headers.get(name)}\n`)
  const canonical = [
    'POST',
    path.replaceAll('%', '%25'),
    query,
    canonicalHeaders.join(''),
    signedNames,
    sha256(body),
  ].join('\n')
  const scope = '20261120/eu-west-1/bedrock/aws4_request'
  const toSign = ['AWS4-HMAC-SHA256', '20261120T090507Z', scope, sha256(canonical)].join('\n')
  let key: Buffer = hmac(`AWS4${keys.secretAccessKey}`, '20261120')
  for (const part of ['eu-west-1', 'bedrock', 'aws4_request']) key = hmac(key, part)
  return createHmac('sha256', key).update(toSign).digest('hex')
}

test('a request is signed with the held keys, over host, date, body and token', async () => {
  const credential = createAwsCredential(keys, place)
  const headers = new HeaderList([
    ...['authorization', 'AWS4-HMAC-SHA256 of the client', 'x-amz-date', '19990101T000000Z'],
    ...['x-amz-security-token', 'of the client', 'content-type', 'application/json'],
  ])
  credential.withholdCredentials(headers)
  headers.set('host', host)
  expect(await credential.authorize({ method: 'POST', path, host, headers, body })).toBeUndefined()
  const authorization = headers.get('authorization') ?? ''
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1] ?? ''
  expect(names.split(';')).toEqual(
    expect.arrayContaining(['content-type', 'host', 'x-amz-date', 'x-amz-security-token']),
  )
  expect(authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20261120\/eu-west-1\/bedrock\/aws4_request, /,
  )
  expect(/Signature=([0-9a-f]+)$/.exec(authorization)?.[1]).toBe(expectedSignature(headers, names))
  expect(headers.get('x-amz-security-token')).toBe('session')
  expect(headers.flat.join()).not.toMatch(/of the client|held-secret/)
  expect(credential.credentialsIn(headers)).toEqual([
    ...[keys.accessKeyId, keys.secretAccessKey, keys.sessionToken],
    expectedSignature(headers, names),
  ])
})

const sign = async (sent: readonly string[], query = '') => {
  const credential = createAwsCredential(keys, place)
  const headers = new HeaderList(['host', host, ...sent])
  const request = { method: 'POST', path: path + query, host, headers, body }
  expect(await credential.authorize(request)).toBeUndefined()
  const authorization = headers.get('authorization') ?? ''
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1] ?? ''
  return { headers, names, signature: /Signature=([0-9a-f]+)$/.exec(authorization)?.[1] }
}

test('what else a client says in headers of AWS is signed too', async () => {
  const sent = ['x-amz-user-agent', 'aws-sdk-js/3', 'x-amz-mode', 'a', 'x-amz-mode', 'b']
  const { headers, names, signature } = await sign(sent)
  expect(names.split(';')).toEqual(expect.arrayContaining(['x-amz-mode', 'x-amz-user-agent']))
  expect(headers.getAll('x-amz-mode')).toEqual(['a,b'])
  expect(signature).toBe(expectedSignature(headers, names))
})

test.each([
  ['?b=2&a=1&a=0', 'a=0&a=1&b=2'],
  ['?url=http://a/?x&c=a+b', 'c=a%2Bb&url=http%3A%2F%2Fa%2F%3Fx'],
  ['?empty&&half=%', 'empty=&half=%25'],
])('the query %s is signed as %s', async (query, canonical) => {
  const { headers, names, signature } = await sign([], query)
  expect(signature).toBe(expectedSignature(headers, names, canonical))
})
