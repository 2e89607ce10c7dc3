import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callHttp } from '../harness/http-call.ts'
import { KubeClient } from '../harness/kube-client.ts'
import { type Prometheus, startPrometheus } from '../harness/prometheus.ts'
import { type SluiceProcess, startSluice } from '../harness/sluice-process.ts'
import { waitUntil } from '../harness/wait-until.ts'

const folder = join(import.meta.dirname, '../../deploy/grafana')

interface Dashboard {
  readonly title: string
  readonly uid: string
  readonly templating: { readonly list: readonly { readonly name: string; query: string }[] }
  readonly panels: readonly {
    readonly title: string
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[]
  }[]
}

const dashboards = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Dashboard)

const queries = dashboards.flatMap(({ title, panels }) =>
  panels.flatMap((panel) =>
    panel.targets.map(({ expr, legendFormat }) => ({
      name: `${title} / ${panel.title} / ${legendFormat}`,
      legendFormat,
      expression: expr.replaceAll('$llm', 'openai').replaceAll('$__rate_interval', '1m'),
    })),
  ),
)

const manifests = `
apiVersion: v1
kind: Secret
metadata: { name: openai-key }
stringData: { Authorization: Bearer sk-any-text-will-do }
---
apiVersion: gloo.solo.io/v1
kind: Upstream
metadata: { name: model }
spec: { ai: { openai: { authToken: { secretRef: { name: openai-key, namespace: default } } } } }
---
apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: { name: models }
spec:
  virtualHost:
    domains: ['*']
    routes:
    - matchers: [{ prefix: /openai }]
      routeAction: { single: { upstream: { name: model, namespace: default } } }
`

let sluice: SluiceProcess
let prometheus: Prometheus
let gateway: { readonly address: string; readonly port: number }

const ask = () =>
  callHttp({
    ...{ ...gateway, path: '/openai', method: 'POST' },
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Why?' }] }),
  })

beforeAll(async () => {
  sluice = await startSluice({ command: 'dev' })
  const kube = new KubeClient(sluice)
  await kube.apply(manifests)
  const address = await kube.serviceAddress('gloo-system', 'gateway-proxy')
  gateway = { address, port: sluice.output().includes('8080 instead') ? 8080 : 80 }
  await waitUntil('an answer', async () =>
    ask().then(
      ({ status }) => status === 200,
      () => false,
    ),
  )
  await callHttp({ ...gateway, path: '/nowhere' })
  prometheus = await startPrometheus([`127.0.0.1:${sluice.adminPort}`])
  const scraped = (expression: string) =>
    waitUntil(expression, async () => (await prometheus.query(expression)).length > 0)
  await scraped('ai_completion_tokens_total')
  await ask()
  await callHttp({ ...gateway, path: '/nowhere' })
  await scraped('increase(ai_completion_tokens_total[1m]) > 0')
})

afterAll(async () => {
  await prometheus?.close()
  await sluice?.stop()
})

test('dashboards are told apart by title and uid', () => {
  for (const field of ['title', 'uid'] as const) {
    const values = dashboards.map((dashboard) => dashboard[field])
    expect(new Set(values).size).toBe(values.length)
  }
  expect(dashboards.map(({ title }) => title)).toContain('Prompt Usage')
})

describe('a query has an answer, with the labels of its legend:', () => {
  test.each(queries)('$name', async ({ expression, legendFormat }) => {
    const series = await prometheus.query(expression)
    expect(series.length).toBeGreaterThan(0)
    const labels = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label)
    for (const each of series)
      expect(Object.keys(each.labels)).toEqual(expect.arrayContaining(labels))
    for (const { value } of series) expect(value).not.toBeNaN()
  })
})

describe('what a variable offers, a query finds:', () => {
  const variables = dashboards.flatMap(({ templating }) =>
    templating.list.filter(({ query }) => query.startsWith('label_values(')),
  )
  test.each(variables)('$name', async ({ query }) => {
    const [, series = '', label = ''] = /^label_values\((\w+), (\w+)\)$/.exec(query) ?? []
    expect(await prometheus.labelValues(series, label)).toEqual(['openai'])
  })
})

test('both panels of Prompt Usage rise with what a model uses', async () => {
  const panels = queries.filter(({ name }) => name.startsWith('Prompt Usage'))
  expect(panels).toHaveLength(2)
  for (const { expression } of panels) {
    expect(await prometheus.query(expression)).toMatchObject([
      { labels: { llm: 'openai', provider: 'openai', model: 'gpt-4o-mini' } },
    ])
    expect((await prometheus.query(expression))[0]?.value).toBeGreaterThan(0)
  }
})
