import type { KubeObject } from '../../kube-object.ts'
import { parseFieldSelector } from '../../selectors/field-selector.ts'
import { parseLabelSelector, SelectorSyntaxError } from '../../selectors/label-selector.ts'
import type { ServedKind } from '../kind-registry.ts'
import type { SelectionOptions } from '../resource-api.ts'
import { badRequestError } from '../status-error.ts'

/** Whether an object is among those that a request asks for. */
export type Selection = (object: KubeObject) => boolean

/** Compiles the selectors of a request; undefined when it selects everything. */
export function compileSelection(
  kind: ServedKind,
  { labelSelector = '', fieldSelector = '' }: SelectionOptions,
): Selection | undefined {
  try {
    const byLabels = labelSelector.trim() === '' ? undefined : parseLabelSelector(labelSelector)
    const byFields =
      fieldSelector.trim() === ''
        ? undefined
        : parseFieldSelector(fieldSelector, kind.version.selectableFields ?? [])
    if (byLabels === undefined && byFields === undefined) return undefined
    return (object) =>
      (byLabels?.(object.metadata.labels ?? {}) ?? true) && (byFields?.matches(object) ?? true)
  } catch (error) {
    if (error instanceof SelectorSyntaxError) throw badRequestError(error.message)
    throw error
  }
}
