import { fieldAt, listAt, textAt } from '../fields.ts'
import { formatStatuses } from '../gloo-status.ts'
import type { ObjectTable } from './object-table.ts'

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
