import type { KubeObject } from '../../../kube/kube-object.ts'

/** What golden files say of an object that stands because of others. */
export const plainOwned = ({ kind, metadata, spec }: KubeObject) => ({ kind, metadata, spec })
