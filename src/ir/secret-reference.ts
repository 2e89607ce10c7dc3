/** Points at one value of one version of a secret. The value itself never stands in the IR. */
export interface SecretReference {
  /** `namespace/name` of a Secret, or `group/kind/namespace/name#field` of a credential in another object. */
  readonly secretId: string
  /** The data key, such as `tls.crt`; `value` for a field. */
  readonly key: string
  /** Changes whenever the value may have changed, so that what was compiled with it is compiled anew. */
  readonly version: string
}

/** What a secret holds. Travels and is kept apart from the configuration, which only refers to it. */
export interface SecretValues {
  /** As references name it. */
  readonly id: string
  readonly version: string
  readonly values: Readonly<Record<string, string>>
}
