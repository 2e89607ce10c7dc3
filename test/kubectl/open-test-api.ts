import type { KindDefinition } from '../../src/kube/kind-definition.ts'
import type { KubeObject } from '../../src/kube/kube-object.ts'
import type { ResourceApi } from '../../src/kube/resources/resource-api.ts'
import { StoreResourceApi } from '../../src/kube/resources/store-resource-api.ts'
import { ObjectStore } from '../../src/kube/store/object-store.ts'

interface TestApi {
  readonly api: ResourceApi
  readonly close: () => void
}

/** The verbs over a store in memory that holds the seeds. */
export function openTestApi(
  kinds: readonly KindDefinition[],
  seeds: readonly KubeObject[],
): TestApi {
  const store = new ObjectStore(':memory:')
  const api = new StoreResourceApi({ store, kinds })
  for (const object of seeds) {
    const kind = api.kinds.findByApiVersion(object.apiVersion, object.kind)
    if (!kind) throw new Error(`${object.kind} is no kind`)
    const { namespace = '', name } = object.metadata
    const exists = api
      .list({ kind, namespace })
      .items.some(({ metadata }) => metadata.name === name)
    if (!exists) api.create({ kind, namespace, object })
  }
  return { api, close: () => store.close() }
}
