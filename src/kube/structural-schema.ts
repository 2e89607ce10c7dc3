/**
 * A Kubernetes structural schema
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema),
 * for built-in kinds and applied CustomResourceDefinitions alike.
 */
export interface StructuralSchema {
  readonly type?: string
  readonly title?: string
  readonly description?: string
  readonly format?: string
  readonly default?: unknown
  readonly nullable?: boolean
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number | boolean
  readonly exclusiveMaximum?: number | boolean
  readonly multipleOf?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems?: boolean
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, StructuralSchema>>
  readonly additionalProperties?: StructuralSchema | boolean
  readonly items?: StructuralSchema
  readonly allOf?: readonly StructuralSchema[]
  readonly anyOf?: readonly StructuralSchema[]
  readonly oneOf?: readonly StructuralSchema[]
  readonly not?: StructuralSchema
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-embedded-resource'?: boolean
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map'
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular'
  readonly 'x-kubernetes-patch-strategy'?: string
  readonly 'x-kubernetes-patch-merge-key'?: string
  readonly 'x-kubernetes-validations'?: readonly Readonly<Record<string, unknown>>[]
  /** The value is never repeated in an error; never published. */
  readonly 'x-sluice-sensitive'?: boolean
  /** What Sluice does with the field; never published. */
  readonly 'x-sluice-verdict'?: FieldVerdict
}

/** What Sluice does with a field. Applying an ignored or approximated field is answered with a warning. */
export type FieldVerdict =
  | {
      readonly type: 'honoured'
      /** Name of the behaviour test that shows it. */
      readonly test: string
    }
  | {
      readonly type: 'approximated'
      readonly how: string
      readonly test: string
      /** Values without a warning: they mean here what they say, or nobody asked for them. */
      readonly quiet?: readonly unknown[]
    }
  | { readonly type: 'ignored'; readonly reason: string }
  /** Holds data that nobody acts on by design: names, descriptions, labels of a UI. */
  | { readonly type: 'informational' }
