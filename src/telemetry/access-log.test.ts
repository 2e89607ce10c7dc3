import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type AccessLogFile, BufferedAccessLog, openAccessLog } from './access-log.ts'
import { formatAccessLogLine, formatRefusalLine } from './access-log-line.ts'
import type { RequestRecord } from './request-record.ts'

const record: RequestRecord = {
  startTimeMs: Date.UTC(2026, 10, 20, 12, 0, 1, 7),
  durationMs: 12.34567,
  upstreamHeadMs: 10,
  firstByteMs: undefined,
  requestId: 'r-1',
  method: 'POST',
  path: '/openai?x=1',
  host: 'example.com',
  protocol: 'HTTP/1.1',
  clientAddress: '127.0.0.1',
  userAgent: 'curl/8',
  listenerId: 'gateway-proxy:8080',
  virtualHost: 'default.vs',
  routeId: 'route-7',
  routeName: 'openai',
  routeOrigin: 'VirtualService default/vs spec.virtualHost.routes[0]',
  backendName: 'default.openai',
  upstreamHost: 'api.openai.com:443',
  upstreamPath: '/v1/chat/completions?key=sk-1',
  attempts: 1,
  status: 200,
  requestBytes: 300,
  maskedCredentials: 0,
  responseBytes: 900,
  errorCode: undefined,
  responseFlags: '-',
  generation: 3,
  modelCall: undefined,
}

describe('a line', () => {
  test('of a refused connection holds what is known of it', () => {
    const line = formatRefusalLine({
      timeMs: record.startTimeMs,
      listenerId: 'gateway-proxy:8080',
      clientAddress: '127.0.0.1',
      reason: 'malformed',
      status: 400,
      responseFlags: 'DPE',
      generation: 3,
    })
    expect(JSON.parse(line)).toEqual({
      time: '2026-11-20T12:00:01.007Z',
      client: '127.0.0.1',
      listener: 'gateway-proxy:8080',
      status: 400,
      error: 'malformed',
      flags: 'DPE',
      generation: 3,
    })
  })

  test('of a call to a model says which one, and what it has used', () => {
    const modelCall = {
      ...{ gateway: 'default/gw', provider: 'openai', operation: 'chat', model: 'gpt-4o' },
      ...{ providerModel: 'gpt-4o-2024', streaming: true, rateLimitedTokens: 9, labels: {} },
      guarded: undefined,
      usage: { inputTokens: 44, outputTokens: 128, totalTokens: 172, estimated: false },
    }
    expect(JSON.parse(formatAccessLogLine({ ...record, modelCall }))).toMatchObject({
      ...{ provider: 'openai', model: 'gpt-4o', provider_model: 'gpt-4o-2024', streaming: true },
      ...{ tokens_in: 44, tokens_out: 128, tokens_estimated: false },
    })
  })

  test('tells of credentials that an error repeated', () => {
    expect(JSON.parse(formatAccessLogLine({ ...record, maskedCredentials: 2 }))).toMatchObject({
      masked_credentials: 2,
    })
  })

  test('holds every field', () => {
    expect(JSON.parse(formatAccessLogLine(record))).toEqual({
      time: '2026-11-20T12:00:01.007Z',
      request_id: 'r-1',
      method: 'POST',
      path: '/openai?x=1',
      host: 'example.com',
      protocol: 'HTTP/1.1',
      client: '127.0.0.1',
      user_agent: 'curl/8',
      listener: 'gateway-proxy:8080',
      virtual_host: 'default.vs',
      route: 'openai',
      route_origin: 'VirtualService default/vs spec.virtualHost.routes[0]',
      backend: 'default.openai',
      upstream: 'api.openai.com:443',
      upstream_path: '/v1/chat/completions?key=***',
      attempts: 1,
      status: 200,
      bytes_in: 300,
      bytes_out: 900,
      duration_ms: 12.346,
      upstream_ms: 10,
      first_byte_ms: null,
      error: null,
      flags: '-',
      generation: 3,
    })
  })

  test.each([
    [0, 0],
    [0.0004, 0],
    [0.0071, 0.007],
    [1.05, 1.05],
    [59_999.9996, 60_000],
    [Number.NaN, null],
  ])('shows a duration of %d ms as %d', (durationMs, shown) => {
    expect(JSON.parse(formatAccessLogLine({ ...record, durationMs })).duration_ms).toBe(shown)
  })

  test('is one line of JSON whatever the client sends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const line = formatAccessLogLine({ ...record, userAgent: value, path: `/${value}` })
        expect(line.indexOf('\n')).toBe(line.length - 1)
        expect(JSON.parse(line).user_agent).toBe(value)
      }),
    )
    const line = formatAccessLogLine({ ...record, path: '/\u0000"\\\n\u2028\u009b\ud800' })
    expect(line).toContain('"path":"/\\u0000\\"\\\\\\n\\u2028\\u009b\\ud800"')
  })

  test('says of each request the way it took, whatever way others took before', () => {
    const some = fc.constantFrom('a', 'b', 'c"\n')
    const none = fc.option(some, { nil: undefined })
    const way = fc.record({
      ...{ listenerId: some, virtualHost: none, routeId: none, routeName: none },
      ...{ routeOrigin: none, backendName: none, upstreamHost: none },
    })
    fc.assert(
      fc.property(fc.array(way), (taken) => {
        for (const each of taken) {
          const line = formatAccessLogLine({ ...record, ...each })
          expect(`${JSON.stringify(JSON.parse(line))}\n`).toBe(line)
          expect(JSON.parse(line)).toMatchObject({
            listener: each.listenerId,
            virtual_host: each.virtualHost ?? null,
            route: each.routeName ?? each.routeId ?? null,
            route_origin: each.routeOrigin ?? null,
            backend: each.backendName ?? null,
            upstream: each.upstreamHost ?? null,
          })
        }
      }),
    )
  })

  test('is right beyond the number of routes that are remembered', () => {
    for (let index = 0; index < 2500; index++) {
      const routeId = `many-${index}`
      const line = formatAccessLogLine({ ...record, routeId, routeName: undefined })
      expect(JSON.parse(line).route).toBe(routeId)
    }
  })

  test.each([
    ['/a?key=1&b=2', '/a?key=***&b=2'],
    ['http://user:pass@host/a@b?c=d@e', 'http://***@host/a@b?c=d@e'],
    ['user:pass@host:443', '***@host:443'],
    ['/a@b', '/a@b'],
    ['/a?b=2&API_KEY=x', '/a?b=2&API_KEY=***'],
    ['/a?access_token=x=y?z', '/a?access_token=***'],
    ['/a?%6bey=x', '/a?%6bey=***'],
    ['/a?monkey=x&key&c', '/a?monkey=x&key&c'],
  ])('shows %s as %s', (path, shown) => {
    expect(JSON.parse(formatAccessLogLine({ ...record, path })).path).toBe(shown)
  })
})

describe('a log', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'access-log-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const idsIn = (text: string) =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => Number(JSON.parse(line).request_id))
  const writeTo = (log: { write(record: RequestRecord): void }, from: number, to: number) => {
    for (let id = from; id < to; id++) log.write({ ...record, requestId: String(id) })
  }
  const upTo = (count: number) => Array.from({ length: count }, (_, id) => id)

  test('writes every line in order', async () => {
    const path = join(folder, 'access.log')
    const log = openAccessLog(path)
    writeTo(log, 0, 5000)
    await log.close()
    expect(idsIn(readFileSync(path, 'utf8'))).toEqual(upTo(5000))
    expect(log.losses).toEqual({ lostLines: 0, failedWrites: 0 })
  })

  test('goes on in a new file after a rotation, losing nothing', async () => {
    const path = join(folder, 'access.log')
    const log = openAccessLog(path)
    writeTo(log, 0, 1000)
    renameSync(path, `${path}.1`)
    log.reopen()
    writeTo(log, 1000, 2000)
    await log.close()
    const both = readFileSync(`${path}.1`, 'utf8') + readFileSync(path, 'utf8')
    expect(idsIn(both)).toEqual(upTo(2000))
    expect(readFileSync(path, 'utf8')).not.toBe('')
  })

  test('says which file cannot be opened', () => {
    expect(() => openAccessLog(join(folder, 'missing', 'access.log'))).toThrow('missing/access.log')
  })

  function fakeFile(answer: (call: number, bytes: Uint8Array) => string | number) {
    let call = 0
    const received: Uint8Array[] = []
    const file: AccessLogFile = {
      write: (bytes, done) => {
        const result = answer(call++, bytes)
        if (typeof result === 'number') {
          received.push(bytes.slice(0, result))
          setImmediate(() => done(null, result))
        } else {
          setImmediate(() => done(Object.assign(new Error(result), { code: result }), 0))
        }
      },
      close: () => {},
    }
    return { file, received, text: () => Buffer.concat(received).toString('utf8') }
  }

  test('writes the rest after a short write and tries again when the destination is busy', async () => {
    const { file, text } = fakeFile((call, bytes) =>
      call % 3 === 1 ? 'EAGAIN' : Math.ceil(bytes.length / 2),
    )
    const log = new BufferedAccessLog(() => file)
    writeTo(log, 0, 20)
    await log.close()
    expect(idsIn(text())).toEqual(upTo(20))
    expect(log.losses).toEqual({ lostLines: 0, failedWrites: 0 })
  })

  test('counts what a full disk did not take and goes on', async () => {
    const { file, text } = fakeFile((call, bytes) => (call === 0 ? 'ENOSPC' : bytes.length))
    const log = new BufferedAccessLog(() => file)
    // The first batch goes out when it is full; the second one when the log closes.
    writeTo(log, 0, 200)
    await log.close()
    expect(log.losses.failedWrites).toBe(1)
    expect(idsIn(text()).length + log.losses.lostLines).toBe(200)
    expect(idsIn(text()).at(-1)).toBe(199)
  })

  test('loses lines rather than growing without bound', async () => {
    let release = () => {}
    const file: AccessLogFile = {
      write: (bytes, done) => {
        release = () => done(null, bytes.length)
        if (released) release()
      },
      close: () => {},
    }
    let released = false
    const log = new BufferedAccessLog(() => file)
    writeTo(log, 0, 30_000)
    expect(log.losses.lostLines).toBeGreaterThan(1000)
    released = true
    release()
    await log.close()
  })

  test('writes whole lines of at most the size a pipe takes in one piece', async () => {
    const { file, received, text } = fakeFile((_call, bytes) => bytes.length)
    const log = new BufferedAccessLog(() => file, 4096)
    writeTo(log, 0, 100)
    log.write({ ...record, requestId: '100', path: `/${'x'.repeat(10_000)}` })
    writeTo(log, 101, 110)
    await log.close()
    expect(idsIn(text())).toEqual(upTo(110))
    expect(received.every((bytes) => bytes.at(-1) === 10)).toBe(true)
    expect(received.filter((bytes) => bytes.length > 4096)).toHaveLength(1)
  })
})
