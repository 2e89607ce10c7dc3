import type { KubeObject } from '../../../kube/kube-object.ts'
import { fieldAt, listAt, textAt } from '../fields.ts'
import { formatStatuses, type ReportedStatus } from '../gloo-status.ts'
import type { ObjectTable } from './object-table.ts'
import { routeLines } from './route-text.ts'

/** VirtualServices as `glooctl get virtualservice` lists them: a row for each route. */
export const virtualServiceTable: ObjectTable = {
  headers: [
    ...['Virtual Service', 'Display Name', 'Domains', 'SSL', 'Status'],
    ...['ListenerPlugins', 'Routes'],
  ],
  rows: (objects) =>
    objects.flatMap((object) => {
      const [first = '', ...rest] = routeLines(listAt(object, 'spec', 'virtualHost', 'routes'))
      const domains = listAt(object, 'spec', 'virtualHost', 'domains').join(', ')
      const head = [object.metadata.name, textAt(object, 'spec', 'displayName'), domains]
      return [
        [...head, sslText(object), formatStatuses(object, statusText), '', first],
        ...rest.map((line) => ['', '', '', '', '', '', line]),
      ]
    }),
}

/** RouteTables as `glooctl get routetable` lists them. */
export const routeTableTable: ObjectTable = {
  headers: ['Route Table', 'Routes', 'Status'],
  rows: (objects) =>
    objects.flatMap((object) => {
      const [first = '', ...rest] = routeLines(listAt(object, 'spec', 'routes'))
      return [
        [object.metadata.name, first, formatStatuses(object, statusText)],
        ...rest.map((line) => ['', line, '']),
      ]
    }),
}

function sslText(object: KubeObject): string {
  const config = fieldAt(object, 'spec', 'sslConfig')
  if (config === undefined || config === null) return 'none'
  if (fieldAt(config, 'secretRef') !== undefined) return 'secret_ref'
  if (fieldAt(config, 'sslFiles') !== undefined) return 'ssl_files'
  return fieldAt(config, 'sds') === undefined ? 'unknown' : 'sds'
}

const unknownUpstream = 'list did not find upstream'

/**
 * The state and, unless the object was accepted, what is wrong with what was made of it. An accepted object says
 * no more: problems of another one never keep it from being served.
 */
function statusText({ state, subresources }: ReportedStatus): string {
  if (state === 'Pending' || state === 'Accepted') return state
  const problems = subresources
    .filter((subresource) => subresource.state !== 'Accepted')
    .map((subresource) => `${subresource.name} ${subresource.state}: ${subresource.reason}`)
  const [only] = problems
  const text = problems.length === 1 && only !== undefined ? friendly(only) : problems.join('\n')
  return text === '' ? state : `${state}\n${text}`
}

function friendly(problem: string): string {
  const parts = problem.split(unknownUpstream)
  if (parts.length !== 2) return problem
  return `Error with Route: ${unknownUpstream}: ${(parts[1] ?? '').replace(/^: /, '')}`
}
