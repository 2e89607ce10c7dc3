import { fieldAt, listAt, textAt } from '../fields.ts'
import { formatStatuses } from '../gloo-status.ts'
import type { ObjectTable } from './object-table.ts'

/** UpstreamGroups with the share of each destination. */
export const upstreamGroupTable: ObjectTable = {
  headers: ['Upstream Group', 'status', 'total weight', 'details'],
  rows: (objects) =>
    objects.flatMap((object, index) => {
      const destinations = listAt(object, 'spec', 'destinations')
      const total = destinations.reduce<number>((sum, entry) => sum + weightOf(entry), 0)
      const [first = '', ...rest] = destinationLines(destinations, total)
      return [
        [object.metadata.name, formatStatuses(object), String(total), first],
        ...rest.map((line) => ['', '', '', line]),
        ...(index === objects.length - 1 ? [] : [['', '', '', '---']]),
      ]
    }),
}

function weightOf(entry: unknown): number {
  const weight = Number(fieldAt(entry, 'weight') ?? 0)
  return Number.isFinite(weight) ? weight : 0
}

function destinationLines(destinations: readonly unknown[], total: number): string[] {
  return destinations.flatMap((entry, index) => {
    const weight = weightOf(entry)
    const share = total === 0 ? 0 : weight / total
    return [
      ...(index === 0 ? [] : ['\n']),
      ...describeDestination(fieldAt(entry, 'destination')),
      `weight: value:${weight} % total: ${share.toFixed(2)}`,
    ]
  })
}

function describeDestination(destination: unknown): string[] {
  for (const [field, type, reference] of [
    ['upstream', 'Upstream', fieldAt(destination, 'upstream')],
    ['kube', 'Kube', fieldAt(destination, 'kube', 'ref')],
  ] as const) {
    if (fieldAt(destination, field) === undefined) continue
    const place = [
      `namespace: ${textAt(reference, 'namespace')}`,
      `name: ${textAt(reference, 'name')}`,
    ]
    return [`destination type: ${type}`, ...place]
  }
  const consul = fieldAt(destination, 'consul')
  if (consul === undefined) return ['destination type: Unknown']
  return [
    'destination type: Consul',
    `service name: ${textAt(consul, 'serviceName')}`,
    `data centers: [${listAt(consul, 'dataCenters').join(' ')}]`,
    `tags: [${listAt(consul, 'tags').join(' ')}]`,
  ]
}
