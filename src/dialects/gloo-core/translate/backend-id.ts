import type { ResourceReference } from '../reference.ts'

/** The id of the IR backend that an Upstream becomes; metrics carry it. */
export const upstreamBackendId = ({ namespace, name }: ResourceReference) =>
  `gloo/${namespace}/${name}`
