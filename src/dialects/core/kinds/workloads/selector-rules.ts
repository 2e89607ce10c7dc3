import { isDeepStrictEqual } from 'node:util'
import type { FieldError } from '../../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { isRecord } from '../../../../lib/json/is-record.ts'
import { specOf } from '../../../shared/spec-of.ts'

/** What Kubernetes demands of the selector of a workload: it never changes, and it selects its own pods. */
export function validateSelector(
  object: KubeObject,
  previous: KubeObject | undefined,
): FieldError[] {
  const { selector, template } = specOf(object)
  const errors: FieldError[] = []
  if (previous !== undefined && !isDeepStrictEqual(specOf(previous)['selector'], selector)) {
    errors.push({
      type: 'invalid',
      field: 'spec.selector',
      value: selector,
      detail: 'field is immutable',
    })
  }
  const wanted = recordIn(selector, 'matchLabels')
  const expressions = isRecord(selector) ? selector['matchExpressions'] : undefined
  if (Object.keys(wanted).length === 0 && !Array.isArray(expressions)) {
    const detail = 'empty selector is invalid for deployment'
    errors.push({ type: 'invalid', field: 'spec.selector', value: selector, detail })
  }
  const labels = recordIn(recordIn(template, 'metadata'), 'labels')
  if (Object.entries(wanted).some(([name, value]) => labels[name] !== value)) {
    errors.push({
      type: 'invalid',
      field: 'spec.template.metadata.labels',
      value: labels,
      detail: '`selector` does not match template `labels`',
    })
  }
  return errors
}

function recordIn(value: unknown, field: string): Record<string, unknown> {
  const inner = isRecord(value) ? value[field] : undefined
  return isRecord(inner) ? inner : {}
}
