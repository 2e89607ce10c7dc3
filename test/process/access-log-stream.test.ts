import { afterAll, beforeAll, expect, test } from 'vitest'
import { callHttp } from '../harness/http-call.ts'
import { KubeClient } from '../harness/kube-client.ts'
import { type SluiceProcess, startSluice } from '../harness/sluice-process.ts'
import { waitUntil } from '../harness/wait-until.ts'

let sluice: SluiceProcess
beforeAll(async () => {
  sluice = await startSluice({ flags: ['--access-log', '-'] })
})
afterAll(() => sluice.stop())

test('an access log on standard output has it for itself', async () => {
  const address = await new KubeClient(sluice).serviceAddress('gloo-system', 'gateway-proxy')
  await callHttp({ address, path: '/absent' })
  await waitUntil('the line', () => sluice.standardOutput().endsWith('}\n'))
  const lines = sluice.standardOutput().trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ path: '/absent', status: 404 }])
  expect(sluice.output()).toContain('is ready')
})
