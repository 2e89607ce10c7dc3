import { afterAll, beforeAll, expect, test } from 'vitest'
import { countEach, startTestHost, staticHosts, UpstreamBench } from './upstream-bench.ts'

let bench: UpstreamBench
beforeAll(async () => {
  bench = await UpstreamBench.start()
})
afterAll(() => bench.stop())

test('a static upstream sends requests to its hosts', async () => {
  const { one, two } = await bench.hosts('one', 'two')
  await bench.serve('static', { static: { hosts: staticHosts(one, two) } })
  expect(countEach(await bench.ask('static', 4))).toEqual({ one: 2, two: 2 })

  const { port } = bench.keep(await startTestHost('by name'))
  await bench.serve('named', { static: { hosts: [{ addr: 'localhost', port }] } })
  expect(await bench.ask('named', 1)).toEqual(['by name'])
})

test('hosts share requests by their weights', async () => {
  const { one, three } = await bench.hosts('one', 'three')
  const hosts = [
    { addr: one.addr, port: one.port, loadBalancingWeight: 1 },
    { addr: three.addr, port: three.port, loadBalancingWeight: 3 },
  ]
  await bench.serve('weights', { static: { hosts } })
  expect(countEach(await bench.ask('weights', 40))).toEqual({ one: 10, three: 30 })
})

const byUser = {
  lbHash: { hashPolicies: [{ header: 'x-user' }] },
}

/** Where 40 users are led. */
async function ownersOf(name: string): Promise<string> {
  const owners: string[] = []
  for (let user = 0; user < 40; user += 1) {
    owners.push(...(await bench.ask(name, 1, { 'x-user': `user ${user}` })))
  }
  return owners.join()
}

test('requests are spread as the load balancer of the upstream says', async () => {
  const { a, b } = await bench.hosts('a', 'b')
  const serve = (name: string, loadBalancerConfig: object) =>
    bench.serve(name, { static: { hosts: staticHosts(a, b) }, loadBalancerConfig }, byUser)

  await serve('round-robin', { roundRobin: {} })
  const inTurn = (await bench.ask('round-robin', 8)).join('')
  expect(['abababab', 'babababa']).toContain(inTurn)

  await serve('random', { random: {} })
  const drawn = await bench.ask('random', 60)
  expect(Object.keys(countEach(drawn)).sort()).toEqual(['a', 'b'])
  expect(drawn.join('')).not.toMatch(/^b?(ab)+a?$/)

  // Hashing leads each user to one host; the size of the ring decides to which.
  await serve('maglev', { maglev: {} })
  const byMaglev = await ownersOf('maglev')
  expect(await ownersOf('maglev')).toBe(byMaglev)
  expect(byMaglev).toMatch(/a.*b|b.*a/)
  const ring = (minimumRingSize: number, maximumRingSize: number) => ({
    ringHash: { ringHashConfig: { minimumRingSize, maximumRingSize } },
  })
  await serve('ring-large', ring(4096, 8192))
  const large = await ownersOf('ring-large')
  expect(await ownersOf('ring-large')).toBe(large)
  const share = large.split(',').filter((owner) => owner === 'a').length
  expect(share).toBeGreaterThan(4)
  expect(share).toBeLessThan(36)
  await serve('ring-smaller-minimum', ring(64, 8192))
  expect(await ownersOf('ring-smaller-minimum')).not.toBe(large)
  await serve('ring-same', ring(4096, 4096))
  expect(await ownersOf('ring-same')).toBe(large)
  await serve('ring-smaller-maximum', ring(2, 2))
  expect(await ownersOf('ring-smaller-maximum')).not.toBe(large)

  // The busy host is not chosen as long as it is compared with the idle one.
  await serve('least-request', { leastRequest: { choiceCount: 30 } })
  const arrived = Promise.withResolvers<() => void>()
  a.answer = (_request, response) => arrived.resolve(() => response.end('a'))
  const isHeld = arrived.promise.then(() => true)
  let waiting = bench.ask('least-request', 1)
  // One request at a time, until the first host has one and holds it.
  while (!(await Promise.race([isHeld, waiting.then(() => false)]))) {
    waiting = bench.ask('least-request', 1)
  }
  expect(countEach(await bench.ask('least-request', 10))).toEqual({ b: 10 })
  const end = await arrived.promise
  end()
  expect(await waiting).toEqual(['a'])
})
