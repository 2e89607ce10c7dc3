import type { KubeObject } from './kube-object.ts'
import type { StructuralSchema } from './structural-schema.ts'

/** A kind as data. The API server knows kinds only by these. */
export interface KindDefinition {
  /** Empty for the core group. */
  readonly group: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly scope: 'Namespaced' | 'Cluster'
  /** What names its objects may have: `subdomain` (RFC 1123) unless given, or a label. */
  readonly nameForm?: 'subdomain' | 'label-1123' | 'label-1035'
  /** The most preferred first; exactly one has `storage`. */
  readonly versions: readonly KindVersion[]
  /**
   * What an unknown field is worth. `keep`: it is stored and answered with a warning, under Strict validation
   * too. `refuse`: what Kubernetes does (refused under Strict, dropped with or without a warning otherwise).
   */
  readonly unknownFields: 'keep' | 'refuse'
  /** False: a strategic merge patch of its objects is refused, as Kubernetes does for custom kinds. */
  readonly takesStrategicPatches?: false
  /** Brings other spellings into the schema's form before anything else looks at the object. */
  readonly normalize?: (object: KubeObject) => Normalized
  readonly normalizePatch?: NormalizePatch
  /** Fills in what the server decides, such as `data` from `stringData`; `previous` is undefined on creation. */
  readonly prepare?: (object: KubeObject, previous: KubeObject | undefined) => KubeObject
  /** Rules that a schema cannot say; `previous` is undefined on creation. */
  readonly validate?: (
    object: KubeObject,
    previous: KubeObject | undefined,
  ) => readonly FieldError[]
}

/**
 * Brings other spellings in a merge patch into the schema's form, before it meets an object in that form. `applied` is the
 * manifest that the patch comes from, as far as kubectl tells.
 */
export type NormalizePatch = (patch: unknown, applied: unknown) => unknown

export interface KindVersion {
  /** Such as `v1`. */
  readonly name: string
  readonly served: boolean
  readonly storage: boolean
  readonly deprecationWarning?: string
  /** Of the whole object; `apiVersion`, `kind` and `metadata` need not be in it. */
  readonly schema: StructuralSchema
  /**
   * Shown after NAME and before AGE unless it lists an `Age` column itself; a kind that lists a `Name` column
   * says where both stand.
   */
  readonly columns: readonly PrinterColumn[]
  /** False: a table has no column for the age unless {@link columns} has one. */
  readonly showsAge?: boolean
  /** Paths besides `metadata.name` and `metadata.namespace` that field selectors may name, such as `type`. */
  readonly selectableFields?: readonly string[]
  readonly statusSubresource: boolean
  readonly scaleSubresource?: {
    readonly specReplicasPath: string
    readonly statusReplicasPath: string
    readonly labelSelectorPath?: string
  }
  /** Between this version and the storage version; left out where only `apiVersion` differs. */
  readonly toStorage?: (object: KubeObject) => KubeObject
  readonly fromStorage?: (object: KubeObject) => KubeObject
}

/** A column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  readonly format?: string
  readonly description?: string
  /** 0 is always shown, more only with `-o wide`. */
  readonly priority?: number
  /** A JSONPath such as `.spec.type`, or a function for what a path cannot say. */
  readonly value: string | ((object: KubeObject) => string | number | boolean | undefined)
}

export interface Normalized {
  readonly object: KubeObject
  readonly warnings: readonly string[]
}

/** One violation, in the words that Kubernetes uses for its type. */
export interface FieldError {
  readonly type:
    | 'required'
    | 'invalid'
    | 'notSupported'
    | 'duplicate'
    | 'typeInvalid'
    | 'tooLong'
    | 'tooMany'
    | 'forbidden'
    | 'notFound'
  /** Such as `spec.static.hosts[0].port`. */
  readonly field: string
  readonly value?: unknown
  readonly detail: string
}
