import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ApiUnderTest, startApi } from '../../testing/start-api.ts'
import { routeTo, staticHosts, upstream, virtualService } from '../testing/gloo-objects.ts'

let api: ApiUnderTest
beforeEach(async () => {
  api = await startApi()
})
afterEach(() => api.close())

test('check passes where every object was accepted', async () => {
  api.create(upstream('openai', staticHosts('api.openai.com')))
  api.create(virtualService([routeTo('/openai', 'openai')]))
  const { code, out } = await api.run('glooctl', 'check')
  expect(code).toBe(0)
  expect(out).toBe(`\
Checking Upstreams... OK
Checking UpstreamGroups... OK
Checking Secrets... OK
Checking VirtualServices... OK
Checking Gateways... OK
Checking Proxies... OK
No problems detected.
`)
})

test('a reference without a namespace stays in that of its object', async () => {
  api.create(upstream('openai', staticHosts('api.openai.com')))
  const routesTo = (...names: string[]) =>
    names.map((name) => ({ routeAction: { single: { upstream: { name } } } }))
  api.create(virtualService(routesTo('openai', 'gone')))
  const { code, err } = await api.run('glooctl', 'check')
  expect(code).toBe(1)
  expect(err).toBe(`\
Error: 1 error occurred:
\t* Virtual service references unknown upstream: (Virtual service: default ai-services-vs | Upstream: default gone)

`)
})

test('check lists every problem and ends with 1', async () => {
  const rejected = { statuses: { 'gloo-system': { state: 'Rejected', reason: 'no such host\n' } } }
  api.create(upstream('broken', staticHosts('a'), rejected))
  api.create(upstream('new', staticHosts('b'), {}))
  const warned = { statuses: { 'gloo-system': { state: 3, reason: 'odd' } } }
  api.create(virtualService([routeTo('/x', 'gone')], warned))
  const { code, out, err } = await api.run('glooctl', 'check')
  expect(code).toBe(1)
  expect(out).toContain('Checking Upstreams... 2 Errors!\n')
  expect(out).toContain('Checking VirtualServices... 2 Errors!\n')
  expect(out).not.toContain('No problems')
  expect(err).toBe(`\
Error: 4 errors occurred:
\t* Found rejected upstream by 'gloo-system': default broken (Reason: no such host)
\t* Found upstream with no status: default new
\t* Found virtual service with warnings by 'gloo-system': default ai-services-vs (Reason: odd)
\t* Virtual service references unknown upstream: (Virtual service: default ai-services-vs | Upstream: default gone)

`)
  const excluded = await api.run('glooctl', 'check', '-x', 'upstreams,virtual-services')
  expect(excluded.code).toBe(0)
  const json = await api.run('glooctl', 'check', '-o', 'json')
  expect(json).toMatchObject({ code: 1, err: '' })
  expect(JSON.parse(json.out).resources[0]).toEqual({ name: 'Upstreams', status: '2 Errors!' })
})

test('an installation that is not there is told of with what to do', async () => {
  const other = await api.run('glooctl', 'check', '-n', 'nowhere')
  expect(other).toMatchObject({ code: 1, out: '' })
  expect(other.err).toContain(
    'Gloo namespace does not exist: nowhere. Name another one with -n, or leave -n out.',
  )
  api.delete('v1', 'Namespace', 'gloo-system')
  const gone = await api.run('glooctl', 'check')
  expect(gone.code).toBe(1)
  expect(gone.err).toContain(
    'Gloo namespace does not exist: gloo-system. Create it with "kubectl create namespace gloo-system": the default Gateways and their Service come back with it.',
  )
})
