import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { findFreePort } from '../../src/lib/http/testing/free-port.ts'
import { callHttp } from '../harness/http-call.ts'
import { KubeClient } from '../harness/kube-client.ts'
import { findOtherUser } from '../harness/shell/other-user.ts'
import { runCommand } from '../harness/shell/run-command.ts'
import { openShell } from '../harness/shell/shell-session.ts'
import { type SluiceProcess, startSluice } from '../harness/sluice-process.ts'
import { waitUntil } from '../harness/wait-until.ts'

const example = join(import.meta.dirname, '../../examples/gloo-edge')
const node = join(import.meta.dirname, '../../node_modules/.bin/node')

let sluice: SluiceProcess | undefined
const folders: string[] = []

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-users-'))
  folders.push(folder)
  return folder
}

afterEach(async () => {
  await sluice?.stop()
  sluice = undefined
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** What the system says when this user binds port 80: some containers let everybody. */
async function mayBindPort80(prefix: readonly string[]): Promise<boolean> {
  const script = `require('net').createServer().on('error', () => process.exit(1))
    .listen(80, '127.18.1.1', () => process.exit(0))`
  return (await runCommand([...prefix, node, '-e', script])).code === 0
}

test('a user without rights walks the walkthrough at the port that the start names', async () => {
  const user = await findOtherUser()
  const folder = makeFolder()
  user.own(folder)
  sluice = await startSluice({ command: 'dev', folder, prefix: user.prefix })
  const moved = !(await mayBindPort80(user.prefix))
  const address = /gateway +([\d.]+):\d+ /.exec(sluice.output())?.[1]
  const port = moved ? 8080 : 80
  expect(sluice.output()).toContain(`gateway           ${address}:${port} `)
  if (moved) {
    expect(sluice.output()).toContain(`is served at ${address}:8080 instead`)
    expect(sluice.output()).toMatch(/sudo sysctl -w net\.ipv4\.ip_unprivileged_port_start=80$/m)
  }

  symlinkSync('data', join(folder, '.sluice'))
  chmodSync(folder, 0o755)
  const shell = openShell({ folder, prefix: user.prefix })
  const walk = await shell.run(`
    source .sluice/env
    kubectl apply -f ${example}/upstreams.yaml
    glooctl create secret header hftoken --headers Authorization="Bearer hf_any" -n default
    kubectl apply -f ${example}/virtual-service.yaml
    export GLOO_GATEWAY=$(kubectl -n gloo-system get svc gateway-proxy -o jsonpath='{.status.loadBalancer.ingress[0].*}')
  `)
  expect(walk.output).toContain('ai-services-vs created')
  const answer = await waitUntil('the call', async () => {
    const { output } = await shell.run(
      `curl -s -X POST http://$GLOO_GATEWAY:${port}/huggingface-gloo-gw -d '{"inputs": "Why?"}'`,
    )
    return output.includes('generated_text') && output
  })
  expect(answer).toContain('Why?')
  const service = await shell.run('kubectl -n gloo-system get svc gateway-proxy -o yaml')
  expect(service.output.includes('sluice.dev/Port80Moved')).toBe(moved)
  await shell.close()
})

test('--bind 0.0.0.0 serves on every address of this machine', async () => {
  const folder = makeFolder()
  const port = await findFreePort('0.0.0.0')
  const manifest = join(folder, 'service.yaml')
  writeFileSync(
    manifest,
    `
apiVersion: v1
kind: Service
metadata:
  name: gateway-proxy
  namespace: gloo-system
spec:
  type: LoadBalancer
  ports: [{ name: http, port: ${port}, targetPort: 8080 }]
---
apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: { name: answer, namespace: default }
spec:
  virtualHost:
    domains: ['*']
    routes: [{ matchers: [{ prefix: / }], directResponseAction: { status: 200, body: here } }]
`,
  )
  sluice = await startSluice({ folder, flags: ['--bind', '0.0.0.0', '-f', manifest] })
  const external = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
  for (const address of ['127.0.0.1', '127.17.16.15', ...external]) {
    const answer = await waitUntil(`an answer at ${address}`, async () => {
      const current = await callHttp({ address, port, path: '/' }).catch(() => undefined)
      return current?.status === 200 && current
    })
    expect(answer.body).toBe('here')
  }
  const published = await new KubeClient(sluice).serviceAddress('gloo-system', 'gateway-proxy')
  expect([...external, '127.0.0.1']).toContain(published)
})
