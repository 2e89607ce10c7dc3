import { afterAll, beforeAll, expect, test } from 'vitest'
import { EdgeBench } from './edge-bench.ts'

let bench: EdgeBench
beforeAll(async () => {
  bench = await EdgeBench.start()
})
afterAll(() => bench.stop())

const ok = 'directResponseAction: { status: 200, body: ok }'

/** The headers of CORS in the answer to a preflight from `origin`. */
async function preflight(name: string, path: string, origin: string) {
  const headers = { origin, 'access-control-request-method': 'POST' }
  const answer = await bench.call(name, path, { method: 'OPTIONS', headers })
  const entries = Object.entries(answer.headers)
  return Object.fromEntries(
    entries.flatMap(([key, value]) => {
      const short = /^access-control-(.*)$/.exec(key)?.[1]
      return short === undefined ? [] : [[short, value]]
    }),
  )
}

test('a preflight is answered by the CORS policy of the route', async () => {
  await bench.serve(
    'cors',
    `
options:
  cors:
    allowOrigin: ['https://host.test']
    allowOriginRegex: ['https://[a-z]+[.]hosts[.]test']
    allowMethods: [PUT]
    allowHeaders: [x-put]
    exposeHeaders: [x-host]
    maxAge: '60'
    allowCredentials: true
  corsPolicyMergeSettings: { exposeHeaders: UNION }
routes:
- matchers: [{ prefix: /full }]
  ${ok}
  options:
    cors:
      allowOrigin: ['https://app.test']
      allowOriginRegex: ['https://[a-z]+[.]apps[.]test']
      allowMethods: [GET, POST]
      allowHeaders: [authorization, x-own]
      exposeHeaders: [x-request-id]
      maxAge: '600'
      allowCredentials: true
- { matchers: [{ prefix: /off }], ${ok}, options: { cors: { disableForRoute: true } } }
- { matchers: [{ prefix: /host }], ${ok} }
`,
  )
  const full = {
    'allow-methods': 'GET,POST',
    'allow-headers': 'authorization,x-own',
    'expose-headers': 'x-request-id,x-host',
    'max-age': '600',
    'allow-credentials': 'true',
  }
  expect(await preflight('cors', '/full', 'https://app.test')).toEqual({
    ...full,
    'allow-origin': 'https://app.test',
  })
  expect(await preflight('cors', '/full', 'https://a.apps.test')).toEqual({
    ...full,
    'allow-origin': 'https://a.apps.test',
  })
  expect(await preflight('cors', '/full', 'https://evil.test')).toEqual({})
  expect(await preflight('cors', '/full', 'https://host.test')).toEqual({})
  expect(await preflight('cors', '/off', 'https://host.test')).toEqual({})
  for (const origin of ['https://host.test', 'https://a.hosts.test']) {
    expect(await preflight('cors', '/host', origin)).toEqual({
      'allow-origin': origin,
      'allow-methods': 'PUT',
      'allow-headers': 'x-put',
      'expose-headers': 'x-host',
      'max-age': '60',
      'allow-credentials': 'true',
    })
  }
  const answer = await bench.call('cors', '/full', { headers: { origin: 'https://app.test' } })
  expect(answer).toMatchObject({
    body: 'ok',
    headers: {
      'access-control-allow-origin': 'https://app.test',
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'x-request-id,x-host',
    },
  })

  const narrow = "cors: { allowOrigin: ['*'], allowCredentials: false, exposeHeaders: [x-own] }"
  await bench.serve(
    'cors-default',
    `
options:
  cors: { allowOrigin: ['https://host.test'], exposeHeaders: [x-host] }
  corsPolicyMergeSettings: { exposeHeaders: DEFAULT }
routes:
- { ${ok}, options: { ${narrow} } }
`,
  )
  expect(await preflight('cors-default', '/', 'https://any.test')).toEqual({
    'allow-origin': 'https://any.test',
    'expose-headers': 'x-own',
  })
})

test('faults delay and abort their share of the requests', async () => {
  const faults = (path: string, text: string) =>
    `- { matchers: [{ prefix: ${path} }], ${ok}, options: { faults: { ${text} } } }`
  await bench.serve(
    'faults',
    `routes:
${faults('/all', 'abort: { percentage: 100, httpStatus: 418 }')}
${faults('/none', 'abort: { percentage: 0, httpStatus: 418 }, delay: { percentage: 0, fixedDelay: 60s }')}
${faults('/half', 'abort: { percentage: 50, httpStatus: 503 }')}
${faults('/late', 'delay: { percentage: 100, fixedDelay: 0.3s }, abort: { percentage: 100, httpStatus: 429 }')}`,
  )
  expect(await bench.call('faults', '/all')).toMatchObject({
    status: 418,
    body: 'fault filter abort',
  })
  expect(await bench.ask('faults', '/none')).toBe('ok')
  const begin = performance.now()
  expect((await bench.call('faults', '/late')).status).toBe(429)
  expect(performance.now() - begin).toBeGreaterThan(290)

  let aborted = 0
  for (let call = 0; call < 200; call += 1) {
    if ((await bench.call('faults', '/half')).status === 503) aborted += 1
  }
  // Seven standard deviations either way.
  expect(aborted).toBeGreaterThan(50)
  expect(aborted).toBeLessThan(150)
})
