import type { Http2ServerRequest } from 'node:http2'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { readBody } from './read-body.ts'

test('a client that leaves in the midst of its body is no failure of the server', async () => {
  const request = Object.assign(new Readable({ read: () => undefined }), { headers: {} })
  const body = readBody(request as unknown as Http2ServerRequest, { maxBytes: 10, timeoutMs: 1000 })
  request.push('{')
  request.destroy(new Error('aborted'))
  await expect(body).rejects.toMatchObject({
    name: 'ApiError',
    message: 'the client went away',
  })
})
