import type { TSchema } from 'typebox'
import type { KindDefinition, KindVersion, PrinterColumn } from '../../../kube/kind-definition.ts'
import { structural } from '../../field.ts'

interface CoreKind
  extends Pick<
    KindDefinition,
    'kind' | 'plural' | 'shortNames' | 'nameForm' | 'prepare' | 'validate'
  > {
  readonly group?: string
  readonly scope?: 'Cluster'
  readonly categories?: readonly string[]
  readonly schema: TSchema
  readonly columns?: readonly PrinterColumn[]
  readonly statusSubresource?: boolean
  readonly scaleSubresource?: KindVersion['scaleSubresource']
  readonly selectableFields?: readonly string[]
}

/** A kind of Kubernetes itself: version v1, and unknown fields are refused. */
export function defineKind(kind: CoreKind): KindDefinition {
  const { group = '', scope = 'Namespaced', categories = [], columns = [] } = kind
  return {
    group,
    scope,
    categories,
    kind: kind.kind,
    plural: kind.plural,
    singular: kind.kind.toLowerCase(),
    shortNames: kind.shortNames,
    unknownFields: 'refuse',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: structural(kind.schema),
        columns,
        statusSubresource: kind.statusSubresource ?? false,
        selectableFields: kind.selectableFields ?? [],
        ...(kind.scaleSubresource === undefined ? {} : { scaleSubresource: kind.scaleSubresource }),
      },
    ],
    ...(kind.nameForm === undefined ? {} : { nameForm: kind.nameForm }),
    ...(kind.prepare === undefined ? {} : { prepare: kind.prepare }),
    ...(kind.validate === undefined ? {} : { validate: kind.validate }),
  }
}
