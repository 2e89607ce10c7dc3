import type { LabelSelector } from '../kinds/fields/selector.ts'
import { matchesSelector } from './label-selector.ts'
import type { Scope } from './source.ts'

const namespaceKind = { group: '', kind: 'Namespace' } as const

/** The namespaces that an object of a namespace allows. */
export interface AllowedNamespaces {
  readonly from?: 'All' | 'Selector' | 'Same' | 'None'
  readonly selector?: LabelSelector
}

/** Whether an object of `own` allows those of `other`. */
export function allowsNamespace(
  scope: Scope,
  { from, selector }: AllowedNamespaces,
  own: string,
  other: string,
): boolean {
  switch (from) {
    case 'All':
      return true
    case 'Same':
      return own === other
    case 'Selector': {
      const namespace = scope.source.objects.get(namespaceKind, '', other)
      if (namespace === undefined || selector === undefined) return false
      const labels = { 'kubernetes.io/metadata.name': other, ...namespace.metadata.labels }
      return matchesSelector(selector, labels)
    }
    default:
      return false
  }
}
