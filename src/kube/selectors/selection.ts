import type { KubeObject } from '../kube-object.ts'
import type { ServedKind } from '../resources/kind-registry.ts'
import type { SelectionOptions } from '../resources/resource-api.ts'
import { badRequestError } from '../resources/status-error.ts'
import { parseFieldSelector } from './field-selector.ts'
import { parseLabelSelector, SelectorSyntaxError } from './label-selector.ts'

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
