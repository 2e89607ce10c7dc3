import { deepFreeze } from '../../lib/deep-freeze.ts'
import type { KindVersion } from '../kind-definition.ts'
import type { KubeObject } from '../kube-object.ts'
import type { ServedKind } from './kind-registry.ts'

const converted = new WeakMap<KubeObject, Map<KindVersion, KubeObject>>()

/** `gateway.solo.io/v1` */
export function apiVersionOf({ definition, version }: ServedKind): string {
  return definition.group === '' ? version.name : `${definition.group}/${version.name}`
}

/** A stored object in the version that a request speaks; the same one each time. */
export function inServedVersion(kind: ServedKind, stored: KubeObject): KubeObject {
  if (stored.apiVersion === apiVersionOf(kind)) return stored
  const versions = converted.get(stored) ?? new Map<KindVersion, KubeObject>()
  converted.set(stored, versions)
  let object = versions.get(kind.version)
  if (object === undefined) {
    const convert = kind.version.fromStorage ?? ((same: KubeObject) => same)
    object = deepFreeze({ ...convert(stored), apiVersion: apiVersionOf(kind) })
    versions.set(kind.version, object)
  }
  return object
}

/** An object of a request in the version that is stored. */
export function inStorageVersion(kind: ServedKind, object: KubeObject): KubeObject {
  const storage = kind.definition.versions.find((version) => version.storage) ?? kind.version
  if (storage === kind.version) return object
  const convert = kind.version.toStorage ?? ((same: KubeObject) => same)
  const apiVersion = apiVersionOf({ definition: kind.definition, version: storage })
  return { ...convert(object), apiVersion }
}
