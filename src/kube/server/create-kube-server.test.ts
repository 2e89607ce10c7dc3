import { once } from 'node:events'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { notFoundError } from '../resources/status-error.ts'
import { createKubeServer } from './create-kube-server.ts'
import {
  authority,
  type ServerUnderTest,
  startServer,
  token,
  widgetNamed,
  widgets,
} from './testing/start-server.ts'

let api: ServerUnderTest['api']
let server: ServerUnderTest['server']
let call: ServerUnderTest['call']
let onError: ServerUnderTest['onError']

beforeEach(async () => {
  ;({ api, server, call, onError } = await startServer())
})

afterEach(async () => {
  await server.close()
})

describe('who asks', () => {
  test.each([
    ['', 401],
    ['Bearer wrong', 401],
    [`Basic ${token}`, 401],
    [`Bearer ${token}`, 200],
  ])('with %j is answered %i', async (authorization, status) => {
    const answer = await call('/version', { headers: { authorization } })
    expect(answer.status).toBe(status)
    if (status === 401) {
      expect(answer.json).toMatchObject({ kind: 'Status', reason: 'Unauthorized', code: 401 })
    }
  })

  test('as a page of another origin is refused', async () => {
    const answer = await call('/version', { headers: { origin: 'https://evil.example' } })
    expect(answer.json).toMatchObject({ kind: 'Status', code: 403 })
  })

  test('about health needs no credential', async () => {
    expect(await call('/readyz', { headers: { authorization: '' } })).toMatchObject({
      status: 200,
      text: 'ok',
    })
  })
})

describe('what is asked', () => {
  test.each([
    '/apis/example.com/v1/namespaces/default/gadgets',
    '/apis/example.com/v2/namespaces/default/widgets',
    '/apis/example.com/v1/widgets/a',
    `${widgets}/a/scale`,
    `${widgets}/a/status/b`,
    `${widgets}/..%2fsecrets`,
    '/metrics',
    '/apis/%zz',
    '//evil.example/version',
  ])('%s is not found', async (path) => {
    const answer = await call(path)
    expect(answer.json).toMatchObject({
      kind: 'Status',
      reason: 'NotFound',
      message: 'the server could not find the requested resource',
    })
    expect(answer.status).toBe(404)
  })

  test.each([
    ['PUT', widgets, 405],
    ['POST', `${widgets}/a`, 405],
    ['DELETE', '/apis/example.com/v1/widgets', 405],
    ['GET', `${widgets}?limit=-1`, 400],
    ['GET', `${widgets}?watch=perhaps`, 400],
    ['DELETE', `${widgets}/a?dryRun=Some`, 422],
    ['DELETE', `${widgets}/a?propagationPolicy=Perhaps`, 422],
  ])('%s %s is answered %i', async (method, path, status) => {
    const answer = await call(path, { method })
    expect(answer.json).toMatchObject({ kind: 'Status', status: 'Failure', code: status })
  })

  test('failures of the API go out as their Status', async () => {
    api.get.mockImplementation(() => {
      throw notFoundError({ group: 'example.com', plural: 'widgets' }, 'a')
    })
    const answer = await call(`${widgets}/a`)
    expect(answer.status).toBe(404)
    expect(answer.json).toMatchObject({ message: 'widgets.example.com "a" not found' })
    expect(onError).not.toHaveBeenCalled()
  })

  test('failures of the server itself are told to it alone', async () => {
    api.get.mockImplementation(() => {
      throw new Error('the secret inside')
    })
    const answer = await call(`${widgets}/a`)
    expect(answer.status).toBe(500)
    expect(answer.text).not.toContain('secret inside')
    expect(onError).toHaveBeenCalledOnce()
  })
})

describe('reading', () => {
  test('a list as JSON, YAML, Table and metadata', async () => {
    const accept = (value: string) => call(widgets, { headers: { accept: value } })
    expect((await accept('application/json')).json).toMatchObject({
      kind: 'WidgetList',
      apiVersion: 'example.com/v1',
      metadata: { resourceVersion: '9' },
      items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }],
    })
    expect((await accept('application/yaml')).text).toContain('kind: WidgetList')
    expect((await accept('application/json;as=Table;v=v1;g=meta.k8s.io')).json).toMatchObject({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      rows: [{ cells: ['a', 3, '<unknown>'] }, { cells: ['b', 3, '<unknown>'] }],
    })
    const partial = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'
    expect((await accept(partial)).json).toMatchObject({
      kind: 'PartialObjectMetadataList',
      items: [{ kind: 'PartialObjectMetadata', metadata: { name: 'a' } }, {}],
    })
    expect((await accept('application/vnd.kubernetes.protobuf')).status).toBe(406)
  })

  test('passes the query on', async () => {
    await call(`${widgets}?labelSelector=a%3Db&fieldSelector=metadata.name%3Dx&limit=5&continue=c`)
    expect(api.list).toHaveBeenCalledWith(
      expect.objectContaining({
        ...{ namespace: 'default', labelSelector: 'a=b', fieldSelector: 'metadata.name=x' },
        ...{ limit: 5, continue: 'c' },
      }),
    )
  })

  test('a large answer is compressed for who takes it', async () => {
    const items = Array.from({ length: 2000 }, (_, index) => widgetNamed(`widget-${index}`))
    api.list.mockReturnValue({ items, metadata: { resourceVersion: '9' } })
    const answer = await call(widgets, { headers: { 'accept-encoding': 'gzip' } })
    expect(answer.headers['content-encoding']).toBe('gzip')
    expect(answer.json.items).toHaveLength(2000)
    expect((await call(widgets)).headers).not.toHaveProperty('content-encoding')
  })

  test('documents are sent again only when they changed', async () => {
    for (const path of ['/apis', '/openapi/v2', '/openapi/v3/apis/example.com/v1']) {
      const { headers } = await call(path)
      expect(headers['etag']).toBeDefined()
      const again = await call(path, { headers: { 'if-none-match': headers['etag'] ?? '' } })
      expect(again).toMatchObject({ status: 304, text: '' })
    }
  })
})

describe('a broken client', () => {
  test('that sends no HTTP does not disturb the others', async () => {
    const { port } = server
    const socket = connectTls({ host: '127.0.0.1', port, ca: authority.certificate })
    socket.on('error', () => undefined)
    socket.end('\0\0\0 not http\r\n\r\n')
    socket.resume()
    await once(socket, 'close')
    expect((await call('/version')).status).toBe(200)
  })

  test('with a head beyond the limit is refused', async () => {
    const long = { 'x-long': 'x'.repeat(70_000) }
    expect((await call('/version', { headers: long })).status).toBe(431)
  })
})

test('a port that is taken is an error', async () => {
  const taken = createKubeServer({
    ...{ api, authority, onError, version: '0', host: '127.0.0.1', port: server.port },
    credential: { token, userName: 'a', groups: [] },
  })
  await expect(taken).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
