import { expect, test } from 'vitest'
import type { RateLimit } from '../../ir/policies/rate-limit.ts'
import type { KindDefinition } from '../../kube/kind-definition.ts'
import type { ObjectEvent, ObjectSource } from '../../kube/object-source.ts'

import { recordLimitStore } from './record-limit-store.ts'

type ObjectReference = Parameters<ObjectSource['recordEvent']>[0]

const limitedBy = (id: string, ...names: string[]): [string, RateLimit] => [
  id,
  {
    ...{ type: 'rate-limit', id, stage: 'regular', denyOnFailure: false, responseHeaders: false },
    origin: { kind: 'VirtualService', namespace: 'default', name: id, fieldPath: 'spec' },
    rules: names.map((name) => ({
      origin: { kind: 'RateLimitConfig', namespace: 'default', name, fieldPath: 'spec.raw' },
      ...{ counterScope: name, tree: [], sets: [], lookups: [] },
      counting: { unit: 'requests', reserve: false, defaultOutputTokens: 1, prices: [] },
    })),
  },
]

test('objects with limits hear once that their store has gone or come back', () => {
  const events: [ObjectReference, ObjectEvent][] = []
  const report = {
    source: { recordEvent: (...event: [ObjectReference, ObjectEvent]) => events.push(event) },
    dialects: [
      { kinds: [{ group: 'ratelimit.solo.io', kind: 'RateLimitConfig' } as KindDefinition] },
    ],
    loop: {
      configuration: { policies: new Map([limitedBy('a', 'one', 'two'), limitedBy('b', 'two')]) },
    },
  }
  recordLimitStore(report, false, 'ECONNREFUSED')
  recordLimitStore(report, true, 'connected')
  const told = events.map(([{ group, name }, { type, reason, message }]) =>
    [group, name, type, reason, message].join(' '),
  )
  const away =
    'Warning LimitStoreAway Limits cannot be counted: the Redis server is away (ECONNREFUSED).'
  const back = 'Normal LimitStoreConnected Limits are counted again.'
  expect(told).toEqual(
    [away, back].flatMap((text) =>
      ['one', 'two'].map((name) => `ratelimit.solo.io ${name} ${text}`),
    ),
  )
})
