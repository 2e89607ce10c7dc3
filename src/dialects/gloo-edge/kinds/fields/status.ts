import type { StructuralSchema } from '../../../../kube/structural-schema.ts'

/** Status is written by the gateway and kept as it is. */
export const statusSchema: StructuralSchema = {
  type: 'object',
  'x-kubernetes-preserve-unknown-fields': true,
}
