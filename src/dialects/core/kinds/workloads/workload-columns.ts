import type { PrinterColumn } from '../../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { isRecord } from '../../../../lib/json/is-record.ts'
import { recordsIn } from '../../../record.ts'
import { specOf } from '../../../shared/spec-of.ts'

/** A number in the status, 0 where there is none. */
export function statusNumber({ status }: KubeObject, field: string): number {
  const value = isRecord(status) ? status[field] : undefined
  return typeof value === 'number' ? value : 0
}

/** How many replicas are wanted. */
export function wantedReplicas(object: KubeObject): number {
  const { replicas } = specOf(object)
  return typeof replicas === 'number' ? replicas : 1
}

const containersOf = (object: KubeObject) => {
  const { template } = specOf(object)
  const spec = isRecord(template) ? template['spec'] : undefined
  return recordsIn(isRecord(spec) ? spec['containers'] : undefined)
}

const joined = (field: string) => (object: KubeObject) =>
  containersOf(object)
    .map((container) => String(container[field] ?? ''))
    .join(',')

function selectorText(object: KubeObject): string {
  const { selector } = specOf(object)
  const labels = isRecord(selector) ? selector['matchLabels'] : undefined
  if (!isRecord(labels)) return '<none>'
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(',')
}

/** What `-o wide` adds to the table of a workload. */
export const wideColumns: readonly PrinterColumn[] = [
  { name: 'Containers', type: 'string', priority: 1, value: joined('name') },
  { name: 'Images', type: 'string', priority: 1, value: joined('image') },
  { name: 'Selector', type: 'string', priority: 1, value: selectorText },
]
