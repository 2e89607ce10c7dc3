import type { KubeObject } from '../../kube/kube-object.ts'
import type { ServedKind } from '../../kube/resources/kind-registry.ts'
import type { ResourceApi } from '../../kube/resources/resource-api.ts'
import { ApiError } from '../../kube/resources/status-error.ts'

const fieldManager = 'sluice-workloads'

/** The writes of the controllers: through the API's own verbs, so that defaults and rules hold for them too. */
export class WorkloadApi {
  readonly #api: ResourceApi

  constructor(api: ResourceApi) {
    this.#api = api
  }

  /** Creates the object; what the API has against it, such as a namespace that is going, is the result. */
  create(object: KubeObject): string | undefined {
    const kind = this.#find(object)
    const { namespace = '' } = object.metadata
    return attempt(() => this.#api.create({ kind, namespace, object, fieldManager }))
  }

  /** Deletes the object where it still is. */
  delete(object: KubeObject): void {
    attempt(() =>
      this.#api.delete({
        ...this.#target(object),
        preconditions: { uid: object.metadata.uid },
        propagationPolicy: 'Background',
      }),
    )
  }

  /** Merges the patch into the object where it still is. */
  merge(object: KubeObject, patch: object): void {
    attempt(() =>
      this.#api.patch({ ...this.#target(object), patchType: 'merge', patch, fieldManager }),
    )
  }

  #target(object: KubeObject) {
    const { namespace = '', name } = object.metadata
    return { kind: this.#find(object), namespace, name }
  }

  #find({ apiVersion, kind }: KubeObject): ServedKind {
    const found = this.#api.kinds.findByApiVersion(apiVersion, kind)
    if (found === undefined) throw new Error(`${apiVersion} ${kind} is not served`)
    return found
  }
}

function attempt(write: () => unknown): string | undefined {
  try {
    write()
    return undefined
  } catch (error) {
    if (error instanceof ApiError) return error.message
    throw error
  }
}
