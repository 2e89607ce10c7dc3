import type { ApiGroup, ApiGroupVersion, ApiResource } from './api-group.ts'

/** The version of the aggregated format that a client asked for. */
export type AggregatedVersion = 'v2' | 'v2beta1'

/** The answer of `/api` (core group) or `/apis` (all others) to clients that want everything at once. */
export function aggregatedDiscovery(
  groups: readonly ApiGroup[],
  version: AggregatedVersion,
): object {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map((group) => ({
      metadata: group.name === '' ? {} : { name: group.name },
      versions: group.versions.map((groupVersion) => versionDiscovery(group, groupVersion)),
    })),
  }
}

function versionDiscovery(group: ApiGroup, { name, resources }: ApiGroupVersion): object {
  return {
    version: name,
    freshness: 'Current',
    resources: resources.map((resource) => resourceDiscovery(group.name, name, resource)),
  }
}

function resourceDiscovery(group: string, version: string, resource: ApiResource): object {
  const responseKind = { group, version, kind: resource.kind }
  return {
    resource: resource.plural,
    responseKind,
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(resource.shortNames.length > 0 ? { shortNames: resource.shortNames } : {}),
    ...(resource.categories.length > 0 ? { categories: resource.categories } : {}),
    ...(resource.subresources.length > 0
      ? {
          subresources: resource.subresources.map(({ name, response, verbs }) => ({
            subresource: name,
            responseKind: response ?? responseKind,
            verbs,
          })),
        }
      : {}),
  }
}
