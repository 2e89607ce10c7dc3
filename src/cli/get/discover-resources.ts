import { isJsonObject } from '../../kube/schema/json-object.ts'
import type { ApiClient } from '../api/api-client.ts'
import type { ResourceType } from '../api/resource-type.ts'
import { CommandError } from '../command-error.ts'

/** A kind that the server offers. */
export interface OfferedResource extends ResourceType {
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly namespaced: boolean
  readonly verbs: readonly string[]
}

const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** Every kind in the version that the server prefers, those of the core group first. */
export async function discoverResources(client: ApiClient): Promise<OfferedResource[]> {
  const answers = await Promise.all(
    ['/api', '/apis'].map((path) => client.request({ method: 'GET', path, accept })),
  )
  return answers.flatMap((answer) => {
    if (answer['kind'] !== 'APIGroupDiscoveryList') {
      throw new CommandError('this server is too old: it does not tell its kinds at once')
    }
    return objectsIn(answer['items']).flatMap(resourcesOfGroup)
  })
}

type JsonRecord = Readonly<Record<string, unknown>>

const objectsIn = (value: unknown): readonly JsonRecord[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : []

const textIn = (value: unknown): string => (typeof value === 'string' ? value : '')

const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : []

function resourcesOfGroup(item: JsonRecord): OfferedResource[] {
  const metadata = isJsonObject(item['metadata']) ? item['metadata'] : {}
  const group = textIn(metadata['name'])
  const found = new Map<string, OfferedResource>()
  for (const version of objectsIn(item['versions'])) {
    for (const resource of objectsIn(version['resources'])) {
      const plural = textIn(resource['resource'])
      const kind = isJsonObject(resource['responseKind']) ? resource['responseKind'] : {}
      if (found.has(plural)) continue
      found.set(plural, {
        ...{ group, version: textIn(version['version']), plural, kind: textIn(kind['kind']) },
        singular: textIn(resource['singularResource']),
        shortNames: textsIn(resource['shortNames']),
        namespaced: resource['scope'] === 'Namespaced',
        verbs: textsIn(resource['verbs']),
      })
    }
  }
  return [...found.values()]
}

/** The kinds that a person may mean by a name: plural, singular, short name or kind, also with `.group`. */
export function matchResources(
  resources: readonly OfferedResource[],
  wanted: string,
): OfferedResource[] {
  const name = wanted.toLowerCase()
  return resources.filter(({ group, plural, singular, shortNames, kind }) => {
    const names = [plural, singular, kind.toLowerCase(), ...shortNames]
    return names.some((candidate) => candidate === name || `${candidate}.${group}` === name)
  })
}
