import type { KubeObject } from '../../../kube/kube-object.ts'
import { fieldAt, listAt, textAt } from '../fields.ts'
import { formatStatuses } from '../gloo-status.ts'
import { secretTypeName } from '../secret-type.ts'
import type { ObjectTable } from './object-table.ts'

/** Secrets by name and type; never what they hold. */
export const secretTable: ObjectTable = {
  headers: ['Secret', 'Type'],
  rows: (objects) => objects.map((object) => [object.metadata.name, secretTypeName(object)]),
}

/** Proxies: what was made of the Gateways, a row for each listener. */
export const proxyTable: ObjectTable = {
  headers: [
    ...['Proxy Name', 'Proxy Namespace', 'Created By', 'Listeners', 'Virtual Hosts', 'Status'],
  ],
  rows: (objects) =>
    objects.flatMap((object) => {
      const { name, namespace = '', labels } = object.metadata
      const listeners = listAt(object, 'spec', 'listeners')
      const [first = '', ...rest] = listeners.map(
        (listener) => `${textAt(listener, 'bindAddress')}:${textAt(listener, 'bindPort') || '0'}`,
      )
      const hosts = listeners.reduce<number>((sum, listener) => sum + countHosts(listener), 0)
      const createdBy = labels?.['created_by'] ?? ''
      return [
        [name, namespace, createdBy, first, String(hosts), formatStatuses(object)],
        ...rest.map((line) => ['', '', '', line, '', '']),
      ]
    }),
}

function countHosts(listener: unknown): number {
  if (fieldAt(listener, 'httpListener') !== undefined) {
    return listAt(listener, 'httpListener', 'virtualHosts').length
  }
  return listAt(listener, 'hybridListener', 'matchedListeners').reduce<number>(
    (sum, matched) => sum + listAt(matched, 'httpListener', 'virtualHosts').length,
    0,
  )
}

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

/** Kinds that have no table of their own yet: name and status. */
export const statusTable = (header: string): ObjectTable => ({
  headers: [header, 'Status'],
  rows: (objects: readonly KubeObject[]) =>
    objects.map((object) => [object.metadata.name, formatStatuses(object)]),
})
