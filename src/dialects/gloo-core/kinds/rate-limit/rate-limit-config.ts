import type { KindDefinition } from '../../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { isRecord } from '../../../../lib/json/is-record.ts'
import { free, object, structural } from '../../../field.ts'
import { createNormalizer } from '../../schema/normalize.ts'
import { createPatchNormalizer } from '../../schema/normalize-patch.ts'
import { behaviours } from '../behaviours.ts'
import { descriptorsField, rateLimitsField, setDescriptorsField } from './limit-fields.ts'

const test = behaviours.rateLimitConfig

const schema = {
  type: 'object',
  description: 'Limits, and the requests that they hold for.',
  properties: {
    spec: structural(
      object('The limits.', {
        raw: object('Limits in the terms of Envoy’s rate limit service.', {
          descriptors: descriptorsField(test),
          setDescriptors: setDescriptorsField(test),
          rateLimits: rateLimitsField(test),
        }),
      }),
    ),
    status: structural(free('What the controller made of it.')),
  },
} as const

const statusField = (name: string) => (object: KubeObject) => {
  const { status } = object
  const value = isRecord(status) ? status[name] : undefined
  return typeof value === 'string' ? value : undefined
}

/** `ratelimit.solo.io/v1alpha1/RateLimitConfig`. */
export const rateLimitConfig: KindDefinition = {
  group: 'ratelimit.solo.io',
  kind: 'RateLimitConfig',
  plural: 'ratelimitconfigs',
  singular: 'ratelimitconfig',
  shortNames: ['rlc'],
  categories: ['gloo-gateway'],
  scope: 'Namespaced',
  unknownFields: 'keep',
  normalize: createNormalizer(schema),
  normalizePatch: createPatchNormalizer(schema),
  versions: [
    {
      name: 'v1alpha1',
      served: true,
      storage: true,
      schema,
      columns: [
        {
          name: 'State',
          type: 'string',
          description: 'Whether it is in force: ACCEPTED, REJECTED or PENDING.',
          value: statusField('state'),
        },
        {
          name: 'Message',
          type: 'string',
          description: 'Why it is not.',
          priority: 1,
          value: statusField('message'),
        },
      ],
      statusSubresource: true,
    },
  ],
}

/** The GroupKind of RateLimitConfig. */
export const rateLimitConfigKind = { group: 'ratelimit.solo.io', kind: 'RateLimitConfig' } as const
