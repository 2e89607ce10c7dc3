import { expect, test } from 'vitest'
import type { ModelCall } from '../../llm/model-call.ts'
import { recordGuard } from '../../policies/guard-record.ts'
import type { CompiledListener } from '../../snapshot/snapshot.ts'
import { modelCallRecordOf } from './model-call-record.ts'

const listener = {
  config: {
    origin: { kind: 'Gateway', namespace: 'gloo-system', name: 'ai-gateway', fieldPath: '' },
    usageLabels: [
      { name: 'team', path: ['jwt', 'principal', 'team'] },
      { name: 'models', path: ['jwt', 'principal', 'llms'] },
      { name: 'sub', path: ['jwt', 'principal', 'sub'] },
    ],
  },
} as unknown as CompiledListener

const modelCall: ModelCall = {
  provider: 'openai',
  operation: 'chat',
  request: undefined,
  unreadable: undefined,
  model: 'gpt-4o',
  streaming: true,
  providerModel: undefined,
  usage: undefined,
  rateLimitedTokens: 7,
  candidateModels: () => ['gpt-4o'],
  progress: 'answered',
  outputIsLimited: false,
}

test('a call to a model is recorded with labels from what is verified of its caller', () => {
  const metadata = new Map([['jwt', { principal: { team: 'dev', llms: { openai: [] } } }]])
  expect(modelCallRecordOf({ modelCall, metadata }, listener)).toEqual({
    gateway: 'gloo-system/ai-gateway',
    provider: 'openai',
    operation: 'chat',
    model: 'gpt-4o',
    providerModel: undefined,
    streaming: true,
    usage: undefined,
    rateLimitedTokens: 7,
    guarded: undefined,
    labels: { team: 'dev', models: '<unknown>', sub: '<unknown>' },
  })
})

test('what guards have done to a call is recorded with it', () => {
  const metadata = new Map()
  recordGuard({ metadata }, { masked: 2, overflows: 0 })
  recordGuard({ metadata }, { masked: 1, overflows: 1 })
  expect(modelCallRecordOf({ modelCall, metadata }, listener)?.guarded).toEqual({
    masked: 3,
    overflows: 1,
  })
})

test('another request has no record of a call', () => {
  expect(modelCallRecordOf({ modelCall: undefined, metadata: new Map() }, listener)).toBeUndefined()
})
