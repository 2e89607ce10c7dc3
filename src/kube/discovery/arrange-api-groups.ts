import type { KindDefinition, KindVersion } from '../kind-definition.ts'
import type { ApiGroup, ApiResource, ApiSubresource } from './api-group.ts'
import { reviewGroups } from './review-resources.ts'

/** What every kind allows, in the order in which Kubernetes lists it. */
const resourceVerbs = [
  ...['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
] as const

/** Arranges the served kinds by group and version; the core group stands first. */
export function arrangeApiGroups(kinds: readonly KindDefinition[]): readonly ApiGroup[] {
  const groups = new Map<string, Map<string, ApiResource[]>>([['', new Map()]])
  for (const kind of kinds) {
    const versions = groups.get(kind.group) ?? new Map<string, ApiResource[]>()
    groups.set(kind.group, versions)
    for (const version of kind.versions) {
      if (!version.served) continue
      const resources = versions.get(version.name) ?? []
      versions.set(version.name, [...resources, resourceOf(kind, version)])
    }
  }
  const arranged = [...groups].map(([name, versions]) => ({
    name,
    versions: [...versions]
      .sort(([left], [right]) => compareVersions(left, right))
      .map(([version, resources]) => ({ name: version, resources: sortByPlural(resources) })),
  }))
  const served = arranged.filter(({ name, versions }) => name === '' || versions.length > 0)
  const taken = new Set(served.map(({ name }) => name))
  return [...served, ...reviewGroups.filter(({ name }) => !taken.has(name))]
}

/**
 * The more preferred version first: stable before beta before alpha, then the higher number
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#version-priority).
 */
export function compareVersions(left: string, right: string): number {
  const [leftRank, rightRank] = [rankOf(left), rankOf(right)]
  if (leftRank === undefined || rightRank === undefined) {
    if (leftRank === rightRank) return left < right ? -1 : Number(left > right)
    return leftRank === undefined ? 1 : -1
  }
  for (const [index, rank] of leftRank.entries()) {
    const difference = (rightRank[index] ?? 0) - rank
    if (difference !== 0) return difference
  }
  return 0
}

function rankOf(version: string): readonly number[] | undefined {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version)
  if (!match) return undefined
  const stability = { alpha: 0, beta: 1 }[match[2] ?? ''] ?? 2
  return [stability, Number(match[1]), Number(match[3] ?? 0)]
}

function sortByPlural(resources: readonly ApiResource[]): readonly ApiResource[] {
  return resources.toSorted((left, right) => (left.plural < right.plural ? -1 : 1))
}

function resourceOf(kind: KindDefinition, version: KindVersion): ApiResource {
  const subresources: ApiSubresource[] = []
  if (version.statusSubresource) {
    subresources.push({ name: 'status', verbs: ['get', 'patch', 'update'] })
  }
  if (version.scaleSubresource) {
    subresources.push({
      name: 'scale',
      response: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
      verbs: ['get', 'patch', 'update'],
    })
  }
  if (kind.group === '' && kind.plural === 'pods') {
    subresources.push({ name: 'log', verbs: ['get'] })
  }
  return {
    plural: kind.plural,
    singular: kind.singular,
    kind: kind.kind,
    namespaced: kind.scope === 'Namespaced',
    verbs: resourceVerbs,
    shortNames: kind.shortNames,
    categories: kind.categories,
    subresources,
  }
}
