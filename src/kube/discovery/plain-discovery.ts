import type { ApiGroup, ApiGroupVersion } from './api-group.ts'

/** `v1` or `gateway.solo.io/v1`. */
export function groupVersionName(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`
}

/** The answer of `/api`; `serverAddress` is how the client reached the server. */
export function coreVersions(groups: readonly ApiGroup[], serverAddress: string): object {
  const core = groups.find(({ name }) => name === '')
  return {
    kind: 'APIVersions',
    versions: core?.versions.map(({ name }) => name) ?? [],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  }
}

/** The answer of `/apis`. */
export function groupList(groups: readonly ApiGroup[]): object {
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: groups.filter(({ name }) => name !== '').map(describeGroup),
  }
}

/** The answer of `/apis/<group>`. */
export function groupDocument(group: ApiGroup): object {
  return { kind: 'APIGroup', apiVersion: 'v1', ...describeGroup(group) }
}

/** The answer of `/api/v1` and `/apis/<group>/<version>`. */
export function resourceList(group: ApiGroup, version: ApiGroupVersion): object {
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: groupVersionName(group.name, version.name),
    resources: version.resources.flatMap((resource) => [
      {
        name: resource.plural,
        singularName: resource.singular,
        namespaced: resource.namespaced,
        kind: resource.kind,
        verbs: resource.verbs,
        ...(resource.shortNames.length > 0 ? { shortNames: resource.shortNames } : {}),
        ...(resource.categories.length > 0 ? { categories: resource.categories } : {}),
      },
      ...resource.subresources.map(({ name, response, verbs }) => ({
        name: `${resource.plural}/${name}`,
        singularName: '',
        namespaced: resource.namespaced,
        ...(response ?? {}),
        kind: response?.kind ?? resource.kind,
        verbs,
      })),
    ]),
  }
}

function describeGroup(group: ApiGroup): { name: string; versions: object[] } {
  const versions = group.versions.map(({ name }) => ({
    groupVersion: groupVersionName(group.name, name),
    version: name,
  }))
  return {
    name: group.name,
    versions,
    ...(versions[0] ? { preferredVersion: versions[0] } : {}),
  }
}
