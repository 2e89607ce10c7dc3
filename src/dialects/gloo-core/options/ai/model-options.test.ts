import { describe, expect, test } from 'vitest'
import type { Origin } from '../../../../ir/origin.ts'
import { Computation } from '../../../shared/computation.ts'
import { SpecCache } from '../../../shared/spec-of.ts'
import { createObjectView } from '../../../shared/testing/object-view.ts'
import type { RouteAi } from '../../kinds/ai/route-ai.ts'
import { createUpstreamTranslator } from '../../translate/upstream-translator.ts'
import { translateRetries } from '../forwarding/retry.ts'
import type { Source } from '../source.ts'
import { translateModelOptions } from './model-options.ts'

const origin: Origin = {
  ...{ kind: 'RouteOption', namespace: 'gloo-system', name: 'own' },
  fieldPath: 'spec.options.ai',
}

function translate(ai: RouteAi, annotations: Readonly<Record<string, string>> = {}) {
  const { kind, namespace, name } = origin
  const holder = {
    apiVersion: 'gateway.solo.io/v1',
    kind,
    metadata: { namespace, name, annotations },
  }
  const objects = createObjectView([holder])
  const upstreams = createUpstreamTranslator().translate(objects)
  const source: Source = { objects, upstreams, specs: new SpecCache() }
  return translateModelOptions(Computation.root(source, undefined), ai, origin)
}

test('a route of type CHAT_STREAMING always asks for streams', () => {
  expect(translate({ routeType: 'CHAT_STREAMING' }).calls.alwaysStream).toBe(true)
  expect(translate({ routeType: 'CHAT' }).calls.alwaysStream).toBe(false)
})

test('a route names models to ask after one that fails', () => {
  expect(translate({ backupModels: ['b', 'a'] }).calls.backupModels).toEqual(['b', 'a'])
})

test('a route sets fields of requests to models', () => {
  const value = { type: 'json_object' }
  expect(translate({ defaults: [{ field: 'response_format', value }] }).policies).toMatchObject([
    { type: 'body-defaults', fields: [{ field: 'response_format', value, override: false }] },
  ])
})

test('a route puts messages before and after those of the client', () => {
  const promptEnrichment = {
    prepend: [{ role: 'SYSTEM', content: 'first' }],
    append: [{ role: 'User', content: 'last' }],
  }
  expect(translate({ promptEnrichment }).policies).toMatchObject([
    {
      type: 'prompt-enrichment',
      prepend: [{ role: 'system', content: 'first' }],
      append: [{ role: 'user', content: 'last' }],
    },
  ])
})

test.each(['SYSTEM', 'developer', 'User', 'ASSISTANT', 'model', 'tool', 'function'])(
  'messages may be of the role %s',
  (role) => {
    expect(translate({ promptEnrichment: { append: [{ role, content: 'a' }] } }).errors).toEqual([])
  },
)

test('messages of roles that no provider knows are refused', () => {
  const promptEnrichment = {
    prepend: [
      { role: 'SYSTEM', content: 'a' },
      { role: 'SYSTM', content: 'b' },
    ],
    append: [{ role: 'user ', content: 'c' }, { content: 'd' }],
  }
  const known = 'SYSTEM, DEVELOPER, USER, ASSISTANT, MODEL, TOOL, FUNCTION'
  expect(translate({ promptEnrichment }).errors).toEqual([
    `promptEnrichment.prepend[1].role: "SYSTM" is no role: use ${known}`,
    `promptEnrichment.append[0].role: "user " is no role: use ${known}`,
    'promptEnrichment.append[1].role must be set',
  ])
})

test('a route guards what clients ask and models answer', () => {
  const promptGuard = {
    request: { regex: { builtins: ['SSN' as const], action: 'REJECT' as const } },
    response: { regex: { matches: ['secret'] } },
  }
  expect(translate({ promptGuard }).policies).toMatchObject([
    {
      request: { patterns: { action: 'reject', detectors: ['ssn'], maskStyle: 'label' } },
      response: { patterns: { action: 'mask', custom: [{ pattern: 'secret' }] } },
    },
  ])
})

test('guards of early releases mean what they meant', () => {
  const promptGuard = {
    request: { matches: ['credit card'], customResponseMessage: 'no' },
    response: { builtins: ['EMAIL' as const] },
  }
  expect(translate({ promptGuard }).policies).toMatchObject([
    {
      request: { patterns: { action: 'reject' }, refusal: { status: 403, message: 'no' } },
      response: { patterns: { maskStyle: 'characters', detectors: ['legacy-email'] } },
    },
  ])
})

test('a guard of which a part cannot be read is none', () => {
  const promptGuard = { request: { matches: ['a', { pattern: 'b', flags: 'i' }] } }
  const { policies, errors } = translate({ promptGuard })
  expect(policies).toEqual([])
  expect(errors).toEqual(['promptGuard.request.matches[1]: the field flags is not known'])
})

describe('guarded streams', () => {
  const promptGuard = { response: { regex: { matches: ['x'] } } }
  const streamOf = (annotations: Readonly<Record<string, string>>) =>
    translate({ promptGuard }, annotations)

  test('hold back as much as annotations of their object say', () => {
    const { policies } = streamOf({
      'sluice.dev/guard-max-held-bytes': '100',
      'sluice.dev/guard-max-held-ms': '50',
      'sluice.dev/guard-on-overflow': 'reject',
    })
    expect(policies).toMatchObject([
      { response: { stream: { maxHeldBytes: 100, maxHeldMs: 50, onOverflow: 'reject' } } },
    ])
  })

  test.each([
    [{ 'sluice.dev/guard-max-held-bytes': '0' }, 'between 1 and 1048576'],
    [{ 'sluice.dev/guard-max-held-ms': '1s' }, "not '1s'"],
    [{ 'sluice.dev/guard-on-overflow': 'ignore' }, 'must be mask, reject, release'],
    [{ 'sluice.dev/guard-on-overflows': 'reject' }, 'guard-on-overflows is not known; there are'],
  ])('%j closes the route', (annotations, text) => {
    const { policies, errors } = streamOf(annotations)
    expect(policies).toEqual([])
    expect(errors).toEqual([expect.stringContaining(text)])
  })
})

test('retries may turn to the next priority after some tries', () => {
  const retryOf = (updateFrequency: number | undefined) =>
    translateRetries({
      previousPriorities: updateFrequency === undefined ? {} : { updateFrequency },
    }).retry?.previousPrioritiesUpdateFrequency
  expect([1, 0, undefined].map(retryOf)).toEqual([1, 2, 2])
  expect(translateRetries({}).retry?.previousPrioritiesUpdateFrequency).toBeUndefined()
})
