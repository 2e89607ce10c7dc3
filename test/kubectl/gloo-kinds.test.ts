import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { glooCore } from '../../src/dialects/gloo-core/index.ts'
import { glooEdge } from '../../src/dialects/gloo-edge/index.ts'
import { type Kubectl, startKubectl } from './start-kubectl.ts'

let cluster: Kubectl

beforeAll(async () => {
  cluster = await startKubectl([glooCore, glooEdge])
  await cluster.kubectl('apply -f -', virtualService('shop'))
})

afterAll(async () => {
  await cluster.close()
  expect(cluster.errors).toEqual([])
})

const virtualService = (name: string, more = '') => `
apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: { name: ${name} }
spec:
  virtualHost:
    domains: [${name}.test, www.${name}.test]
    ${more}
    routes:
    - matchers: [{ prefix: / }]
      routeAction: { single: { upstream: { name: api, namespace: default } } }
`
const path = '/apis/gateway.solo.io/v1/namespaces/default/virtualservices'

async function setState(name: string, state: string, reason = ''): Promise<void> {
  const object = JSON.parse(await cluster.kubectl(`get --raw ${path}/${name}`))
  object.status = { statuses: { 'gloo-system': { state, reason, reportedBy: 'gloo' } } }
  await cluster.kubectl(`replace --raw ${path}/${name}/status -f -`, JSON.stringify(object))
}

describe('kubectl with a vendor kind', () => {
  test.each([
    ['virtualHost.routes.matchers.prefix', 'How the path begins'],
    ['virtualHost.routes.options.timeout', '15s by default'],
    ['virtualHost.routes.routeAction.clusterHeader', 'Ignored: a client could choose any upstream'],
  ])('explains %s, and what has no effect', async (field, text) => {
    const explained = await cluster.kubectl(`explain vs.spec.${field}`)
    expect(explained.replaceAll(/\s+/g, ' ')).toContain(text)
  })

  test('get prints domains and state, and the reason when it is wide', async () => {
    await setState('shop', 'Rejected', '1 error occurred:\n\t* no upstream\n\n')
    expect(await cluster.kubectl('get vs')).toMatch(
      /^NAME\s+DOMAINS\s+STATE\s+AGE\nshop\s+shop\.test www\.shop\.test\s+Rejected\s+\d+s\n$/,
    )
    expect(await cluster.kubectl('get vs -o wide')).toMatch(
      /REASON.*\n.*Rejected\s+1 error occurred: \* no upstream\s+\d+s\n$/,
    )
  })

  test('get prints several kinds with their states', async () => {
    const upstream = 'apiVersion: gloo.solo.io/v1\nkind: Upstream\nmetadata: {name: api}\n'
    await cluster.kubectl('apply -f -', `${upstream}spec: {static: {hosts: [{addr: a, port: 80}]}}`)
    const table = await cluster.kubectl('get vs,us,rt')
    expect(table).toMatch(/NAME\s+DOMAINS\s+STATE\s+AGE\nvirtualservice\.gateway\.solo\.io\/shop/)
    expect(table).toMatch(/NAME\s+STATE\s+AGE\nupstream\.gloo\.solo\.io\/api/)
  })

  test('apply prints each warning once', async () => {
    const input = virtualService('warned', 'odd: 1')
    const { code, stderr } = await cluster.run(['apply', '-f', '-'], { input })
    expect(code).toBe(0)
    expect(stderr.match(/Warning: unknown field "spec\.virtualHost\.odd"/g)).toHaveLength(1)
    expect(stderr.match(/Warning:/g)).toHaveLength(1)
  })

  test('apply changes and removes fields of manifests in snake case', async () => {
    const apply = (static_: string) =>
      cluster.kubectl(
        'apply -f -',
        `apiVersion: gloo.solo.io/v1\nkind: Upstream\nmetadata: {name: old}\nspec: {static: {${static_}}}`,
      )
    const spec = async () =>
      JSON.parse(await cluster.kubectl('get us old -o json')).spec.static as unknown
    await apply('hosts: [{addr: a, port: 80}], use_tls: true, auto_sni_rewrite: false')
    expect(await spec()).toMatchObject({ useTls: true, autoSniRewrite: false })
    await apply('hosts: [{addr: a, port: 80}], use_tls: false')
    expect(await spec()).toEqual({ hosts: [{ addr: 'a', port: 80 }], useTls: false })
    // The other spelling is gone from the manifest, but the field is not.
    for (const spelling of ['useTls', 'use_tls']) {
      await apply(`hosts: [{addr: a, port: 80}], ${spelling}: false`)
      expect(await spec()).toEqual({ hosts: [{ addr: 'a', port: 80 }], useTls: false })
    }
    await apply('hosts: [{addr: a, port: 80}]')
    expect(await spec()).toEqual({ hosts: [{ addr: 'a', port: 80 }] })
  })

  test('apply --server-side keeps what others own, and changes nothing the second time', async () => {
    const apply = () => cluster.kubectl('apply --server-side -f -', virtualService('owned'))
    expect(await apply()).toContain('serverside-applied')
    const version = () => cluster.kubectl('get vs owned -o jsonpath={.metadata.resourceVersion}')
    const before = await version()
    await apply()
    expect(await version()).toBe(before)
  })

  test('describe, explain, diff and edit', async () => {
    expect(await cluster.kubectl('describe vs shop')).toMatch(/Domains:\n\s+shop\.test/)
    const field = cluster.minorVersion >= 27 ? 'vs.spec.virtualHost' : 'vs'
    expect(await cluster.kubectl(`explain ${field}`)).toContain('VirtualService')
    const input = virtualService('shop').replace('www.shop.test', 'web.shop.test')
    const diff = await cluster.run(['diff', '-f', '-'], { input })
    expect(diff.stdout).toMatch(/-\s+- www\.shop\.test\n\+\s+- web\.shop\.test/)
    const editor = join(cluster.home, 'rename.sh')
    writeFileSync(editor, '#!/bin/sh\nsed -i s/www.shop.test/new.shop.test/ "$1"\n', {
      mode: 0o755,
    })
    const edited = await cluster.run(['edit', 'vs', 'shop'], { env: { KUBE_EDITOR: editor } })
    expect(edited.stdout).toContain('edited')
    expect(await cluster.kubectl('get vs shop -o jsonpath={.spec.virtualHost.domains[1]}')).toBe(
      'new.shop.test',
    )
  })

  test('wait --for=jsonpath sees the state that the controller writes', async () => {
    if (cluster.minorVersion < 23) return
    await cluster.kubectl('apply -f -', virtualService('awaited'))
    const state = '{.status.statuses.gloo-system.state}'
    const waiting = cluster.kubectl(
      `wait vs/awaited --for=jsonpath=${state}=Accepted --timeout=20s`,
    )
    await setState('awaited', 'Accepted')
    expect(await waiting).toContain('virtualservice.gateway.solo.io/awaited condition met')
  })

  test('a kind that several groups have is told apart by its group', async () => {
    const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
    await cluster.kubectl(
      'apply -f -',
      JSON.stringify({
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'gateways.networking.example' },
        spec: {
          ...{ group: 'networking.example', scope: 'Namespaced' },
          names: { plural: 'gateways', kind: 'Gateway', shortNames: ['gtw'] },
          versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
        },
      }),
    )
    const gateway = (apiVersion: string, name: string) =>
      JSON.stringify({ apiVersion, kind: 'Gateway', metadata: { name }, spec: {} })
    await cluster.kubectl('apply -f -', gateway('networking.example/v1', 'theirs'))
    await cluster.kubectl('apply -f -', gateway('gateway.solo.io/v1', 'ours'))
    expect(await cluster.kubectl('get gateways.gateway.solo.io -o name')).toBe(
      'gateway.gateway.solo.io/ours\n',
    )
    expect(await cluster.kubectl('get gateways.networking.example -o name')).toBe(
      'gateway.networking.example/theirs\n',
    )
    // A built-in kind keeps its plain name, whatever definitions come later.
    expect(await cluster.kubectl('get gateways -o name')).toBe('gateway.gateway.solo.io/ours\n')
  })
})

test('stringData that is applied again unchanged writes nothing', async () => {
  const secret = `
apiVersion: v1
kind: Secret
metadata: { name: plain }
stringData: { token: abc }
`
  const version = () => cluster.kubectl('get secret plain -o jsonpath={.metadata.resourceVersion}')
  await cluster.kubectl('apply --server-side -f -', secret)
  const before = await version()
  await cluster.kubectl('apply --server-side -f -', secret)
  expect(await version()).toBe(before)
})
