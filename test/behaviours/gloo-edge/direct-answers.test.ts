import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EdgeBench } from './edge-bench.ts'

let bench: EdgeBench
beforeAll(async () => {
  bench = await EdgeBench.start()
})
afterAll(() => bench.stop())

const redirects = `
routes:
- { matchers: [{ prefix: /host }], redirectAction: { hostRedirect: new.test } }
- matchers: [{ prefix: /path }]
  redirectAction: { pathRedirect: /elsewhere, responseCode: FOUND, stripQuery: true }
- matchers: [{ prefix: /prefix/ }]
  redirectAction: { prefixRewrite: /new/, responseCode: SEE_OTHER }
- matchers: [{ prefix: /regex/ }]
  redirectAction:
    regexRewrite: { pattern: { regex: '^/regex/([^/]+)/(.*)$' }, substitution: '/\\2/\\1' }
    responseCode: TEMPORARY_REDIRECT
- matchers: [{ prefix: /secure }]
  redirectAction: { httpsRedirect: true, responseCode: PERMANENT_REDIRECT }
- matchers: [{ prefix: /port }]
  redirectAction: { portRedirect: 8443, httpsRedirect: true, responseCode: 0 }
`

test('a redirect names the new place and the status asked for', async () => {
  await bench.serve('redirect', redirects)
  const ask = async (path: string) => {
    const { status, headers } = await bench.call('redirect', path)
    return `${status} ${headers.location}`
  }
  expect(await ask('/host/a?q=1')).toBe('301 http://new.test/host/a?q=1')
  expect(await ask('/path/a?q=1')).toBe('302 http://redirect.test/elsewhere')
  expect(await ask('/prefix/a?q=1')).toBe('303 http://redirect.test/new/a?q=1')
  expect(await ask('/regex/a/b?q=1')).toBe('307 http://redirect.test/b/a?q=1')
  expect(await ask('/secure/a')).toBe('308 https://redirect.test/secure/a')
  expect(await ask('/port/a')).toBe('301 https://redirect.test:8443/port/a')
})

test('a direct response has the status and body asked for', async () => {
  await bench.serve(
    'direct',
    `
routes:
- { matchers: [{ prefix: /teapot }], directResponseAction: { status: 418, body: short and stout } }
- { matchers: [{ prefix: /empty }], directResponseAction: { status: 204 } }
`,
  )
  expect(await bench.call('direct', '/teapot')).toMatchObject({
    status: 418,
    body: 'short and stout',
    headers: { 'content-type': 'text/plain' },
  })
  expect(await bench.call('direct', '/empty')).toMatchObject({ status: 204, body: '' })
})

test.each([204, 205, 304])(
  'a direct response of status %s has no content on HTTP/2',
  async (status) => {
    await bench.serve(
      `silent-${status}`,
      `routes: [{ directResponseAction: { status: ${status}, body: left out } }]`,
    )
    const session = connectHttp2(`http://${bench.address}`)
    const stream = session.request({ ':path': '/', ':authority': `silent-${status}.test` })
    const [headers] = await once(stream, 'response')
    expect(headers).toMatchObject({ ':status': status })
    let text = ''
    for await (const chunk of stream) text += chunk
    expect(text).toBe('')
    session.destroy()
  },
)
