import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitUntil } from '../../harness/wait-until.ts'
import { createSigner } from './create-token.ts'
import { GlooBench, onGateway, onRoute } from './gloo-bench.ts'

let bench: GlooBench
beforeAll(async () => {
  bench = await GlooBench.start()
  await bench.upstream('a', (request, response) => {
    response.writeHead(request.path.includes('teapot') ? 418 : 200, { 'x-upstream': 'a' })
    response.end('a')
  })
})
afterAll(() => bench.stop())

const linesOf = (mark: string) =>
  bench.sluice
    .output()
    .split('\n')
    .filter((line) => line.includes(mark))

test('a listener writes the logs that its options ask for', async () => {
  const port = 8081
  const address = await bench.gateway('logged', `[{ name: http, port: ${port}, protocol: HTTP }]`)
  await bench.route('logged', {}, { parentRefs: [{ name: 'logged' }, { name: 'ai' }] })
  const signer = createSigner()
  const token = signer.sign({ sub: 'alice', level: 3 })
  await bench.option(
    'VirtualHostOption',
    'logged',
    [onGateway('logged')],
    `jwt: { providers: { own: { issuer: solo.io, keepToken: true, jwks: { local: { key: ${signer.pem} } } } } }`,
  )
  const status = await bench.option(
    'ListenerOption',
    'logged',
    [onGateway('logged')],
    `accessLoggingService:
  accessLog:
  - fileSink:
      path: /dev/stdout
      jsonFormat:
        mark: json-line
        status: "%RESPONSE_CODE%"
        subject: "%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:principal:sub)%"
        level: "%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:principal:level)%"
        missing: "%REQ(X-NONE)%"
        token: "%REQ(AUTHORIZATION)%"
        upstream: "%RESP(X-UPSTREAM)%"
        inner: { path: "%REQ(:PATH)%", note: "%PROTOCOL% %REQ(X-NONE)%" }
  - fileSink: { path: /dev/stderr, stringFormat: "text-line %REQ(:METHOD)% %REQ(X-NONE)% %RESPONSE_FLAGS%" }
    filter: { andFilter: { filters: [{ statusCodeFilter: { comparison: { op: GE, value: { defaultValue: 400 } } } }, { headerFilter: { header: { name: x-log, value: "yes" } } }] } }
  - fileSink: { stringFormat: never-line }
    filter: { runtimeFilter: { percentSampled: { numerator: 0 } } }
  - fileSink: { stringFormat: slow-line }
    filter: { durationFilter: { comparison: { op: GE, value: { defaultValue: 60000 } } } }
  - fileSink: { stringFormat: flag-line }
    filter: { orFilter: { filters: [{ responseFlagFilter: { flags: [UF] } }, { notHealthCheckFilter: {} }] } }`,
  )
  expect(status.state, status.reason).toBe('Accepted')
  const ask = (path: string, headers = {}) =>
    bench.ask(path, { address, port, headers: { authorization: `Bearer ${token}`, ...headers } })
  expect(await ask('/logged?token=hidden')).toBe('200 a')
  expect(await ask('/logged/teapot', { 'x-log': 'yes' })).toBe('418 a')
  expect(await ask('/logged/teapot')).toBe('418 a')
  expect(await bench.ask('/logged', { address, port })).toBe('401 Jwt is missing')
  // Not a listener of that gateway.
  expect(await bench.ask('/logged')).toBe('200 a')
  const lines = await waitUntil('the lines', () => {
    const found = linesOf('json-line')
    return found.length >= 4 && linesOf('text-line').length > 0 && found
  })
  expect(lines.map((line) => JSON.parse(line))[0]).toEqual({
    ...{ mark: 'json-line', status: 200, subject: 'alice', level: 3, missing: null },
    ...{ token: '***', upstream: 'a' },
    inner: { path: '/logged?token=***', note: 'HTTP/1.1 -' },
  })
  expect(lines.map((line) => JSON.parse(line).status)).toEqual([200, 418, 418, 401])
  expect(linesOf('text-line')).toEqual(['text-line GET - -'])
  expect(linesOf('flag-line')).toHaveLength(4)
  expect(linesOf('never-line')).toEqual([])
  expect(linesOf('slow-line')).toEqual([])
  expect(bench.sluice.output()).not.toContain(token)
})

test('a log that cannot be written as asked for is named and left out', async () => {
  const address = await bench.gateway('broken', '[{ name: http, port: 8082, protocol: HTTP }]')
  await bench.route('broken', {}, { parentRefs: [{ name: 'broken' }] })
  const status = await bench.option(
    'ListenerOption',
    'broken',
    [onGateway('broken')],
    `accessLoggingService:
  accessLog:
  - { fileSink: { path: /var/log/gateway.log, stringFormat: kept-line } }
  - { fileSink: { stringFormat: "lost-line %UNHEARD%" } }
  - { fileSink: { stringFormat: traced-line }, filter: { traceableFilter: {} } }
  - { grpcService: { logName: x } }`,
  )
  expect(status.state).toBe('Rejected')
  expect(status.reason).toContain('the operator %UNHEARD% is not known')
  expect(status.reason).toContain('accessLog[2] is not written: the filter traceableFilter is not')
  expect(status.reason).toContain('accessLog[3] is not written: only fileSink is supported')
  expect(status.reason).toContain("'/var/log/gateway.log' is not written; the lines go to the")
  expect(await bench.ask('/broken', { address, port: 8082 })).toBe('200 a')
  await waitUntil('the line', () => linesOf('kept-line').length === 1)
  expect(bench.sluice.output()).not.toMatch(/lost-line|traced-line/)
  const odd = await bench.option('ListenerOption', 'odd', [onRoute('broken')], '{}')
  expect(odd.reason).toContain("only Gateway of group 'gateway.networking.k8s.io' can be targeted")
})
