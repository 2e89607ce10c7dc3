import type { ParentReference } from '../fields/references.ts'
import { areDistinct, type Checks } from './checks.ts'

/** References to one parent must be told apart by listener or port, all of them in the same way. */
export function checkParentReferences(
  checks: Checks,
  references: readonly ParentReference[],
): void {
  const groups = Map.groupBy(references, ({ group, kind, name, namespace = '' }) =>
    [group, kind, namespace, name].join('/'),
  )
  for (const same of groups.values()) {
    if (same.length < 2) continue
    const forms = new Set(
      same.map(({ sectionName, port }) => `${sectionName === undefined} ${port === undefined}`),
    )
    checks.expect(
      forms.size === 1,
      'spec.parentRefs',
      'sectionName or port must be specified when parentRefs includes 2 or more references to the same parent',
      'array',
    )
    const places = same.map(({ sectionName = '', port = 0 }) => `${sectionName} ${port}`)
    checks.expect(
      areDistinct(places),
      'spec.parentRefs',
      'sectionName or port must be unique when parentRefs includes 2 or more references to the same parent',
      'array',
    )
  }
}
