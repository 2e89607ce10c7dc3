import { once } from 'node:events'
import http2 from 'node:http2'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { WatchReceiver } from '../../resources/resource-api.ts'
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

beforeEach(async () => {
  ;({ api, server } = await startServer())
})

afterEach(async () => {
  await server.close()
})

describe('watching', () => {
  async function watch(accept = 'application/json') {
    let receiver: WatchReceiver | undefined
    const stopped = Promise.withResolvers<void>()
    api.watch.mockImplementation((_request, given) => {
      receiver = given
      return { resume: () => undefined, close: stopped.resolve }
    })
    const client = http2.connect(server.url, { ca: authority.certificate })
    const stream = client.request({
      ':path': `${widgets}?watch=true&resourceVersion=7&allowWatchBookmarks=true`,
      ...{ accept, authorization: `Bearer ${token}` },
    })
    stream.setEncoding('utf8')
    await once(stream, 'response')
    if (!receiver) throw new Error('the API was not asked')
    return { receiver, stream, client, stopped: stopped.promise }
  }

  test('sends a line per event until the client leaves', async () => {
    const { receiver, stream, client, stopped } = await watch()
    receiver.send({ type: 'ADDED', object: widgetNamed('a') })
    const [line] = await once(stream, 'data')
    expect(JSON.parse(line)).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'a' } } })
    expect(api.watch.mock.calls[0]?.[0]).toMatchObject({
      resourceVersion: '7',
      allowWatchBookmarks: true,
    })
    client.destroy()
    await stopped
  })

  test('sends rows with the columns once', async () => {
    const { receiver, stream, client } = await watch('application/json;as=Table;v=v1;g=meta.k8s.io')
    const seen: { object: { columnDefinitions: unknown } }[] = []
    for (const name of ['a', 'b']) {
      receiver.send({ type: 'ADDED', object: widgetNamed(name) })
      const [line] = await once(stream, 'data')
      seen.push(JSON.parse(line))
    }
    expect(seen[0]?.object.columnDefinitions).toHaveLength(3)
    expect(seen[1]?.object.columnDefinitions).toBeNull()
    client.destroy()
  })

  test('asks to hold back when the client does not read', async () => {
    const { receiver, stream, client } = await watch()
    stream.pause()
    const large = { ...widgetNamed('a'), data: 'x'.repeat(200_000) }
    expect(receiver.send({ type: 'ADDED', object: large })).toBe(false)
    client.destroy()
  })

  test('ends when the API says so', async () => {
    const { receiver, stream, client } = await watch()
    receiver.end()
    stream.resume()
    await once(stream, 'end')
    client.destroy()
  })
})
