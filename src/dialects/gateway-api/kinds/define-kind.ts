import type { TSchema } from 'typebox'
import type { FieldError, KindDefinition, PrinterColumn } from '../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../kube/kube-object.ts'
import type { StructuralSchema } from '../../../kube/structural-schema.ts'
import { structural } from '../../field.ts'
import { gatewayGroup } from '../names.ts'

interface GatewayApiKind {
  readonly kind: string
  readonly plural: string
  readonly shortNames: readonly string[]
  readonly scope?: 'Namespaced' | 'Cluster'
  readonly description: string
  readonly spec: TSchema
  /** Undefined: the kind has no status. */
  readonly status: TSchema | undefined
  readonly columns: readonly PrinterColumn[]
  /** Served besides v1, with a warning where upstream has deprecated it. */
  readonly olderVersions: readonly { readonly name: string; readonly deprecationWarning?: string }[]
  readonly validate?: (
    object: KubeObject,
    previous: KubeObject | undefined,
  ) => readonly FieldError[]
}

/** A kind of `gateway.networking.k8s.io`; all its versions have the same form. */
export function defineKind(kind: GatewayApiKind): KindDefinition {
  const schema: StructuralSchema = {
    type: 'object',
    description: kind.description,
    required: ['spec'],
    properties: {
      spec: structural(kind.spec),
      ...(kind.status === undefined ? {} : { status: structural(kind.status) }),
    },
  }
  const version = {
    served: true,
    schema,
    columns: kind.columns,
    statusSubresource: kind.status !== undefined,
  }
  return {
    group: gatewayGroup,
    kind: kind.kind,
    plural: kind.plural,
    singular: kind.kind.toLowerCase(),
    shortNames: kind.shortNames,
    categories: ['gateway-api'],
    scope: kind.scope ?? 'Namespaced',
    unknownFields: 'keep',
    versions: [
      { ...version, name: 'v1', storage: true },
      ...kind.olderVersions.map((older) => ({ ...version, ...older, storage: false })),
    ],
    ...(kind.validate === undefined ? {} : { validate: kind.validate }),
  }
}

/** The column that upstream ends its tables with. */
export const ageColumn: PrinterColumn = {
  name: 'Age',
  type: 'date',
  value: '.metadata.creationTimestamp',
}
