import { once } from 'node:events'
import http2 from 'node:http2'
import { afterEach, describe, expect, test } from 'vitest'
import { notFoundError } from '../../resources/status-error.ts'
import {
  authority,
  type ServerUnderTest,
  startServer,
  token,
  widgets,
} from '../testing/start-server.ts'
import type { PodLogRequest, PodLogs } from './pod-logs.ts'

let started: ServerUnderTest

afterEach(async () => {
  await started.server.close()
})

const path = '/api/v1/namespaces/default/pods/a/log'

describe('the log of a pod', () => {
  test('goes out as text, with the options handed on', async () => {
    const requests: PodLogRequest[] = []
    const podLogs: PodLogs = async function* (request) {
      requests.push(request)
      yield 'one\n'
      yield 'two\n'
    }
    started = await startServer({ podLogs })
    const answer = await started.call(`${path}?container=main&follow=true&tailLines=5`)
    expect(answer).toMatchObject({ status: 200, text: 'one\ntwo\n' })
    expect(answer.headers['content-type']).toBe('text/plain')
    expect(requests[0]).toMatchObject({
      ...{ namespace: 'default', name: 'a', container: 'main' },
      ...{ follow: true, previous: false, tailLines: 5 },
    })
  })

  test('that is not there is a Status', async () => {
    started = await startServer({
      podLogs: () => {
        throw notFoundError({ group: '', plural: 'pods' }, 'a')
      },
    })
    expect((await started.call(path)).json).toMatchObject({ message: 'pods "a" not found' })
    expect((await started.call(`${path}?tailLines=few`)).status).toBe(400)
  })

  test('ends when the client leaves', async () => {
    const left = Promise.withResolvers<void>()
    const podLogs: PodLogs = async function* ({ signal }) {
      signal.addEventListener('abort', () => left.resolve())
      yield 'one\n'
      await left.promise
    }
    started = await startServer({ podLogs })
    const client = http2.connect(started.server.url, { ca: authority.certificate })
    const stream = client.request({ ':path': path, authorization: `Bearer ${token}` })
    await once(stream, 'data')
    client.destroy()
    await left.promise
  })

  test('is served for pods only', async () => {
    const podLogs: PodLogs = async function* () {
      yield 'one\n'
    }
    started = await startServer({ podLogs })
    expect((await started.call(`${widgets}/a/log`)).status).toBe(404)
  })
})
