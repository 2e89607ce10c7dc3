import type { KubeObject } from '../../../kube/kube-object.ts'
import { groupOf } from '../../../kube/object-key.ts'
import { applyDefaults } from '../../../kube/schema/defaults.ts'
import type { ObjectView } from '../../dialect.ts'
import { createObjectView } from '../../shared/testing/object-view.ts'
import { createGatewayApi } from '../index.ts'

const { kinds } = createGatewayApi([])

/** The object as the API server would store it. */
function storedForm(object: KubeObject): KubeObject {
  const kind = kinds.find(
    (each) => each.kind === object.kind && each.group === groupOf(object.apiVersion),
  )
  const metadata = {
    uid: `${object.kind}-${object.metadata.name}`,
    generation: 1,
    resourceVersion: '1',
    ...object.metadata,
  }
  const stored = { ...object, metadata }
  const version = kind?.versions[0]
  const defaulted = version === undefined ? stored : applyDefaults(version.schema, stored)
  return { ...defaulted, status: object['status'] }
}

/** A view of the given objects as the API server would store them. */
export const createStoredView = (objects: readonly KubeObject[]): ObjectView =>
  createObjectView(objects.map(storedForm))
