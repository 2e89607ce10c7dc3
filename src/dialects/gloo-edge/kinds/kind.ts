import type { TSchema } from 'typebox'
import type { KindDefinition, PrinterColumn } from '../../../kube/kind-definition.ts'
import type { StructuralSchema } from '../../../kube/structural-schema.ts'
import { statusColumns } from '../../gloo-core/kinds/define-kind.ts'
import { createNormalizer } from '../../gloo-core/schema/normalize.ts'
import { createPatchNormalizer } from '../../gloo-core/schema/normalize-patch.ts'
import { statusSchema } from './fields/status.ts'

interface EdgeKind {
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly description: string
  readonly spec: TSchema
  readonly columns?: readonly PrinterColumn[]
}

/** A kind of `gateway.solo.io/v1`: namespaced, one version, a status subresource, unknown fields kept. */
export function edgeKind(definition: EdgeKind): KindDefinition {
  const { kind, plural, singular, shortNames, description, spec } = definition
  const schema: StructuralSchema = {
    type: 'object',
    description,
    properties: { spec: spec as StructuralSchema, status: statusSchema },
  }
  return {
    group: 'gateway.solo.io',
    kind,
    plural,
    singular,
    shortNames,
    categories: ['gloo-gateway'],
    scope: 'Namespaced',
    unknownFields: 'keep',
    normalize: createNormalizer(schema),
    normalizePatch: createPatchNormalizer(schema),
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema,
        columns: [...(definition.columns ?? []), ...statusColumns],
        statusSubresource: true,
      },
    ],
  }
}
