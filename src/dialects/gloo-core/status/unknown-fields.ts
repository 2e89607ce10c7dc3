import type { KindDefinition } from '../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../kube/kube-object.ts'
import { findUnknownFields } from '../../../kube/schema/unknown-fields.ts'

/** By spec, which is the same object until it changes. */
const found = new WeakMap<object, readonly string[]>()

/** Warns of fields that the kind does not have: a guard that is misspelt guards nothing. */
export function warningsOfUnknownFields(
  { kind, versions }: Pick<KindDefinition, 'kind' | 'versions'>,
  { apiVersion, metadata: { name }, spec }: KubeObject,
): readonly string[] {
  const [version] = versions
  if (typeof spec !== 'object' || spec === null || version === undefined) return []
  const known = found.get(spec)
  if (known !== undefined) return known
  const unknown = findUnknownFields(version.schema, { apiVersion, kind, metadata: { name }, spec })
  const warnings = unknown.map(
    ({ path, hint }) => `the field ${path} is not known and has no effect${hint}`,
  )
  found.set(spec, warnings)
  return warnings
}
