import type { KubeObject } from '../../../../kube/kube-object.ts'
import { isRecord } from '../../../../lib/json/is-record.ts'
import { recordsIn } from '../../../record.ts'
import { specOf } from '../../../shared/spec-of.ts'
import { ageColumn } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { prepareService, validateService } from './rules.ts'
import { schema } from './schema.ts'

/** `v1/Service`. */
export const service = defineKind({
  kind: 'Service',
  plural: 'services',
  shortNames: ['svc'],
  categories: ['all'],
  nameForm: 'label-1035',
  statusSubresource: true,
  schema,
  selectableFields: ['spec.clusterIP', 'spec.type'],
  columns: [
    { name: 'Type', type: 'string', value: '.spec.type' },
    { name: 'Cluster-IP', type: 'string', value: clusterIpOf },
    { name: 'External-IP', type: 'string', value: externalIpOf },
    { name: 'Port(s)', type: 'string', value: portsOf },
    ageColumn,
    { name: 'Selector', type: 'string', priority: 1, value: selectorOf },
  ],
  prepare: prepareService,
  validate: validateService,
})

function clusterIpOf(object: KubeObject): string {
  const { clusterIP, clusterIPs } = specOf(object)
  const [first] = Array.isArray(clusterIPs) ? clusterIPs : []
  return String(clusterIP ?? first ?? '') || '<none>'
}

function externalIpOf(object: KubeObject): string {
  const { type, externalName, externalIPs } = specOf(object)
  if (type === 'ExternalName') return String(externalName ?? '') || '<none>'
  const fixed = Array.isArray(externalIPs) ? externalIPs.map(String) : []
  const given = type === 'LoadBalancer' ? ingressOf(object) : []
  const all = [...given, ...fixed].join(',')
  return all || (type === 'LoadBalancer' ? '<pending>' : '<none>')
}

function ingressOf({ status }: KubeObject): string[] {
  const balancer =
    isRecord(status) && isRecord(status['loadBalancer']) ? status['loadBalancer'] : {}
  return recordsIn(balancer['ingress'])
    .map(({ ip, hostname }) => String(ip || hostname || ''))
    .filter((address) => address !== '')
}

function portsOf(object: KubeObject): string {
  const ports = recordsIn(specOf(object)['ports']).map(({ port, nodePort, protocol = 'TCP' }) =>
    typeof nodePort === 'number' && nodePort > 0
      ? `${port}:${nodePort}/${protocol}`
      : `${port}/${protocol}`,
  )
  return ports.join(',') || '<none>'
}

function selectorOf(object: KubeObject): string {
  const { selector } = specOf(object)
  if (!isRecord(selector)) return '<none>'
  const pairs = Object.entries(selector).map(([name, value]) => `${name}=${value}`)
  return pairs.sort().join(',') || '<none>'
}
