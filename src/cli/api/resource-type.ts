/** Where objects of a kind stand in the Kubernetes API. */
export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
}

export const apiVersionOf = ({ group, version }: ResourceType): string =>
  group === '' ? version : `${group}/${version}`

/** The path of a collection (all namespaces where `namespace` is undefined) or of one object. */
export function resourcePath(type: ResourceType, namespace?: string, name?: string): string {
  const root = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`
  const inNamespace = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`
  const ofName = name === undefined ? '' : `/${encodeURIComponent(name)}`
  return `${root}${inNamespace}/${type.plural}${ofName}`
}

export const namespaceType: ResourceType = {
  ...{ group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' },
}
