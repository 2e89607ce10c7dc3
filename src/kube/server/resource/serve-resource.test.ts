import { once } from 'node:events'
import https from 'node:https'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  authority,
  type ServerUnderTest,
  startServer,
  token,
  widgetNamed,
  widgets,
} from '../testing/start-server.ts'

let api: ServerUnderTest['api']
let server: ServerUnderTest['server']
let call: ServerUnderTest['call']

beforeEach(async () => {
  ;({ api, server, call } = await startServer())
})

afterEach(async () => {
  await server.close()
})

describe('writing', () => {
  const json = { 'content-type': 'application/json', 'user-agent': 'kubectl/v1.32.4 (linux)' }

  test('hands the decoded body on with its duplicate fields and the client', async () => {
    const path = `${widgets}?fieldValidation=Strict&dryRun=All`
    const answer = await call(path, { method: 'POST', headers: json, body: '{"a":1,"a":2}' })
    expect(answer.status).toBe(201)
    expect(api.create).toHaveBeenCalledWith(
      expect.objectContaining({
        ...{ object: { a: 2 }, duplicateFields: ['a'], dryRun: true },
        ...{ fieldValidation: 'Strict', fieldManager: 'kubectl' },
      }),
    )
  })

  test('takes YAML too', async () => {
    const headers = { 'content-type': 'application/yaml' }
    await call(`${widgets}/a`, { method: 'PUT', headers, body: 'a: 1\n' })
    expect(api.update).toHaveBeenCalledWith(
      expect.objectContaining({ object: { a: 1 }, name: 'a', fieldManager: 'unknown' }),
    )
  })

  test.each([
    ['application/json-patch+json', 'json'],
    ['application/merge-patch+json', 'merge'],
    ['application/strategic-merge-patch+json', 'strategic'],
  ])('patches with %s', async (type, patchType) => {
    const headers = { 'content-type': type }
    await call(`${widgets}/a/status`, { method: 'PATCH', headers, body: '{"a":1}' })
    expect(api.patch).toHaveBeenCalledWith(
      expect.objectContaining({ patchType, patch: { a: 1 }, subresource: 'status' }),
    )
  })

  test('applies on the side of the server', async () => {
    const headers = { 'content-type': 'application/apply-patch+yaml' }
    const path = `${widgets}/a?fieldManager=me&force=true`
    await call(path, { method: 'PATCH', headers, body: 'a: 1' })
    expect(api.apply).toHaveBeenCalledWith(
      expect.objectContaining({ patch: { a: 1 }, fieldManager: 'me', force: true }),
    )
  })

  test('answers with the warnings', async () => {
    const object = widgetNamed('a')
    api.create.mockReturnValue({ object, warnings: ['is "ignored"'], created: true })
    const answer = await call(widgets, { method: 'POST', headers: json, body: '{}' })
    expect(answer.headers['warning']).toBe('299 - "is \\"ignored\\""')
  })

  test.each([
    ['POST', widgets, 'application/vnd.kubernetes.protobuf', 'x', 400],
    ['POST', widgets, 'application/cbor', 'x', 415],
    ['PATCH', `${widgets}/a`, 'application/json', '{}', 415],
    ['POST', widgets, 'application/json', '{"a":', 400],
    ['POST', widgets, 'application/json', `"${'x'.repeat(2000)}"`, 413],
    ['DELETE', `${widgets}/a`, 'application/json', '{"kind":"Widget"}', 400],
  ] as const)('%s %s of %s %s is answered %i', async (...given) => {
    const [method, path, type, body, status] = given
    const answer = await call(path, { method, headers: { 'content-type': type }, body })
    expect(answer.json).toMatchObject({ kind: 'Status', status: 'Failure', code: status })
  })

  test('deletes without a body, whatever its type is said to be', async () => {
    const answer = await call(`${widgets}/a`, { method: 'DELETE', headers: json })
    expect(answer.status).toBe(200)
    expect(api.delete).toHaveBeenCalled()
  })

  test('deletes with the options of body and query', async () => {
    const body = JSON.stringify({
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      propagationPolicy: 'Foreground',
      preconditions: { uid: 'u' },
    })
    await call(`${widgets}/a?gracePeriodSeconds=0`, { method: 'DELETE', headers: json, body })
    expect(api.delete).toHaveBeenCalledWith(
      expect.objectContaining({
        ...{ propagationPolicy: 'Foreground', gracePeriodSeconds: 0, dryRun: false },
        preconditions: { uid: 'u', resourceVersion: undefined },
      }),
    )
  })

  test('does not wait for a body that never comes', async () => {
    const request = https.request(`${server.url}${widgets}`, {
      ...{ method: 'POST', ca: authority.certificate, agent: false },
      headers: { authorization: `Bearer ${token}`, 'content-length': '10', ...json },
    })
    request.on('error', () => undefined)
    request.write('{')
    const [response] = await once(request, 'response')
    expect(response.statusCode).toBe(408)
    request.destroy()
  })
})
