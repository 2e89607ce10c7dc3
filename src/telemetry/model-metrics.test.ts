import { expect, test } from 'vitest'
import { ModelMetrics } from './model-metrics.ts'
import type { ModelCallRecord } from './request-record.ts'

const call: ModelCallRecord = {
  gateway: 'gloo-system/ai-gateway',
  provider: 'openai',
  operation: 'chat',
  model: 'gpt-4o-mini',
  providerModel: 'gpt-4o-mini-2024-07-18',
  streaming: false,
  usage: { inputTokens: 44, outputTokens: 128, totalTokens: 172, estimated: false },
  rateLimitedTokens: 40,
  guarded: undefined,
  labels: {},
}
const ok = { status: 200 }

const seriesOf = (metrics: ModelMetrics, name: string) =>
  metrics
    .collect()
    .filter((sample) => sample.name === name)
    .map(({ labels, value }) => ({ ...labels, total: value.type === 'counter' && value.total }))

test('tokens are summed by gateway, provider and model, under both names of the provider', () => {
  const metrics = new ModelMetrics()
  for (let count = 0; count < 2; count++) metrics.add(ok, call)
  metrics.add(ok, { ...call, model: 'gpt-4o' })
  const labels = { gateway: 'gloo-system/ai-gateway', llm: 'openai', provider: 'openai' }
  expect(seriesOf(metrics, 'ai_prompt_tokens_total')).toEqual([
    { ...labels, model: 'gpt-4o-mini', total: 88 },
    { ...labels, model: 'gpt-4o', total: 44 },
  ])
  const completion = [
    { ...labels, model: 'gpt-4o-mini', total: 256 },
    { ...labels, model: 'gpt-4o', total: 128 },
  ]
  expect(seriesOf(metrics, 'ai_completion_tokens_total')).toEqual(completion)
  expect(seriesOf(metrics, 'gloo_completion_tokens')).toEqual(completion)
  expect(seriesOf(metrics, 'ai_rate_limited_tokens_total')).toMatchObject([
    { total: 80 },
    { total: 40 },
  ])
})

test('a call that was charged but refused counts its charge and no usage', () => {
  const metrics = new ModelMetrics()
  metrics.add({ status: 429 }, { ...call, usage: undefined })
  expect(seriesOf(metrics, 'ai_rate_limited_tokens_total')).toMatchObject([{ total: 40 }])
  expect(seriesOf(metrics, 'ai_prompt_tokens_total')).toMatchObject([{ total: 0 }])
  expect(seriesOf(metrics, 'sluice_model_calls_total')).toMatchObject([
    { provider: 'openai', operation: 'chat', status: '429', usage: 'none', total: 1 },
  ])
})

test('what guards have done is counted by gateway', () => {
  const metrics = new ModelMetrics()
  metrics.add(ok, call)
  expect(seriesOf(metrics, 'sluice_guard_masked_total')).toEqual([])
  for (let count = 0; count < 2; count++) {
    metrics.add(ok, { ...call, guarded: { masked: 3, overflows: 1 } })
  }
  const gateway = 'gloo-system/ai-gateway'
  expect(seriesOf(metrics, 'sluice_guard_masked_total')).toEqual([{ gateway, total: 6 }])
  expect(seriesOf(metrics, 'sluice_guard_overflows_total')).toEqual([{ gateway, total: 2 }])
})

test('names of models that used nothing get no series', () => {
  const metrics = new ModelMetrics()
  for (let count = 0; count < 50; count++) {
    const model = `invented-${count}`
    metrics.add({ status: 404 }, { ...call, model, usage: undefined, rateLimitedTokens: undefined })
  }
  expect(seriesOf(metrics, 'ai_prompt_tokens_total')).toEqual([])
  expect(seriesOf(metrics, 'sluice_model_calls_total')).toMatchObject([{ total: 50 }])
})

test('past a number of series everything is counted together, without loss', () => {
  const metrics = new ModelMetrics(3)
  for (let count = 0; count < 10; count++) {
    metrics.add(ok, { ...call, labels: { team: `team-${count}` } })
  }
  const series = seriesOf(metrics, 'ai_prompt_tokens_total')
  expect(series.map((each) => (each as { team?: string }).team)).toEqual([
    ...['team-0', 'team-1', 'team-2', 'other'],
  ])
  expect(series.reduce((sum, { total }) => sum + Number(total), 0)).toBe(440)
})

test('a label of the operator does not take the place of one of the metric, and long values are cut', () => {
  const metrics = new ModelMetrics()
  metrics.add(ok, { ...call, model: 'm'.repeat(5000), labels: { llm: 'forged', team: 'dev' } })
  expect(seriesOf(metrics, 'ai_prompt_tokens_total')).toMatchObject([
    { llm: 'openai', team: 'dev', model: 'm'.repeat(128) },
  ])
})

test('calls whose tokens the gateway had to count are told apart', () => {
  const metrics = new ModelMetrics()
  metrics.add(ok, call)
  const usage = { inputTokens: 1, outputTokens: 1, totalTokens: 2, estimated: true }
  metrics.add(ok, { ...call, usage })
  expect(seriesOf(metrics, 'sluice_model_calls_total')).toMatchObject([
    { usage: 'reported', total: 1 },
    { usage: 'estimated', total: 1 },
  ])
})
