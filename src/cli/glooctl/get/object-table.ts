import type { KubeObject } from '../../../kube/kube-object.ts'

/** How objects of a kind are listed. Each row is one of the table; an object may take several. */
export interface ObjectTable {
  readonly headers: readonly string[]
  readonly rows: (objects: readonly KubeObject[]) => readonly (readonly string[])[]
}
