import { expect, test } from 'vitest'
import type { KindDefinition } from '../kube/kind-definition.ts'
import type { KubeObject } from '../kube/kube-object.ts'
import type { ObjectSource } from '../kube/object-source.ts'
import { WarningCounts } from './warning-counts.ts'

const kind: KindDefinition = {
  ...{ group: 'g', kind: 'K', plural: 'ks', singular: 'k', shortNames: [], categories: [] },
  scope: 'Namespaced',
  unknownFields: 'keep',
  versions: [
    {
      ...{ name: 'v1', served: true, storage: true, columns: [], statusSubresource: true },
      schema: {
        type: 'object',
        properties: {
          acted: { type: 'string', 'x-sluice-verdict': { type: 'honoured', test: 't' } },
          passed: { type: 'string', 'x-sluice-verdict': { type: 'ignored', reason: 'r' } },
        },
      },
    },
  ],
}
const object = (name: string, fields: object): KubeObject => ({
  apiVersion: 'g/v1',
  kind: 'K',
  metadata: { name },
  ...fields,
})

test('fields that are ignored are counted by kind, as long as their objects exist', () => {
  let objects = [object('a', { acted: 'x' }), object('b', { acted: 'x', passed: 'y' })]
  const source: ObjectSource = {
    list: () => objects,
    get: () => undefined,
    subscribe: () => () => undefined,
    createIfMissing: () => undefined,
    ensureOwned: () => undefined,
    writeStatus: () => undefined,
    recordEvent: () => undefined,
  }
  const counts = new WarningCounts(source, [kind])
  expect([...counts.read()]).toEqual([['K', 1]])
  objects = objects.slice(0, 1)
  expect([...counts.read()]).toEqual([])
})
