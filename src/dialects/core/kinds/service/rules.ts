import type { FieldError } from '../../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { isRecord } from '../../../../lib/json/is-record.ts'
import { recordsIn } from '../../../record.ts'
import { specOf } from '../../../shared/spec-of.ts'

const protocols = ['SCTP', 'TCP', 'UDP']

/** Fills in what Kubernetes' API server decides; the cluster IP is given by whoever owns addresses. */
export function prepareService(object: KubeObject): KubeObject {
  const spec = specOf(object)
  const type = textOr(spec['type'], 'ClusterIP')
  const isExternal = type === 'NodePort' || type === 'LoadBalancer'
  const prepared: Record<string, unknown> = {
    ...(type === 'ExternalName' ? {} : { internalTrafficPolicy: 'Cluster' }),
    ...(isExternal ? { externalTrafficPolicy: 'Cluster' } : {}),
    ...(type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: true } : {}),
    sessionAffinity: 'None',
    ...spec,
    type,
  }
  if (Array.isArray(spec['ports'])) prepared['ports'] = spec['ports'].map(preparePort)
  return { ...object, spec: prepared }
}

function preparePort(port: unknown): unknown {
  if (!isRecord(port)) return port
  const { protocol, targetPort, ...rest } = port
  const unset = targetPort === undefined || targetPort === 0 || targetPort === ''
  return {
    ...rest,
    protocol: textOr(protocol, 'TCP'),
    targetPort: unset ? rest['port'] : targetPort,
  }
}

/** The rules of Kubernetes that concern ports, names and addresses. */
export function validateService(
  object: KubeObject,
  previous: KubeObject | undefined,
): FieldError[] {
  const spec = specOf(object)
  const ports = recordsIn(spec['ports'])
  const portsOptional = spec['type'] === 'ExternalName' || spec['clusterIP'] === 'None'
  const errors: FieldError[] = ports.flatMap((port, index) =>
    validatePort(port, `spec.ports[${index}]`, ports.length > 1),
  )
  if (ports.length === 0 && !portsOptional) {
    errors.push({ type: 'required', field: 'spec.ports', detail: '' })
  }
  if (spec['type'] === 'ExternalName' && textOr(spec['externalName'], '') === '') {
    errors.push({ type: 'required', field: 'spec.externalName', detail: '' })
  }
  return [...errors, ...findDuplicates(ports), ...validateClusterIp(spec, previous)]
}

function validatePort(
  port: Record<string, unknown>,
  field: string,
  nameRequired: boolean,
): FieldError[] {
  const errors: FieldError[] = []
  const { name = '', protocol, targetPort } = port
  if (name === '' && nameRequired) {
    errors.push({ type: 'required', field: `${field}.name`, detail: '' })
  }
  if (name !== '' && !isLabel(name)) {
    const detail =
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
    errors.push({ type: 'invalid', field: `${field}.name`, value: name, detail })
  }
  errors.push(...validatePortNumber(port['port'], `${field}.port`))
  if (typeof targetPort === 'number') {
    errors.push(...validatePortNumber(targetPort, `${field}.targetPort`))
  }
  if (protocol !== undefined && !protocols.includes(String(protocol))) {
    const detail = `supported values: ${protocols.map((name) => `"${name}"`).join(', ')}`
    errors.push({ type: 'notSupported', field: `${field}.protocol`, value: protocol, detail })
  }
  return errors
}

function validatePortNumber(value: unknown, field: string): FieldError[] {
  if (typeof value !== 'number' || (value >= 1 && value <= 65_535)) return []
  return [{ type: 'invalid', field, value, detail: 'must be between 1 and 65535, inclusive' }]
}

function findDuplicates(ports: readonly Record<string, unknown>[]): FieldError[] {
  const seen = new Set<string>()
  const errors: FieldError[] = []
  ports.forEach(({ name, port, protocol }, index) => {
    const pair = `port ${port}/${protocol}`
    if (seen.has(pair)) {
      errors.push({
        type: 'duplicate',
        field: `spec.ports[${index}]`,
        value: { port, protocol },
        detail: '',
      })
    }
    const named = `name ${name}`
    if (typeof name === 'string' && name !== '' && seen.has(named)) {
      errors.push({
        type: 'duplicate',
        field: `spec.ports[${index}].name`,
        value: name,
        detail: '',
      })
    }
    seen.add(pair).add(named)
  })
  return errors
}

function validateClusterIp(
  spec: Record<string, unknown>,
  previous: KubeObject | undefined,
): FieldError[] {
  const before = previous === undefined ? '' : textOr(specOf(previous)['clusterIP'], '')
  const after = textOr(spec['clusterIP'], '')
  if (before === '' || before === after || spec['type'] === 'ExternalName') return []
  return [
    {
      type: 'invalid',
      field: 'spec.clusterIP',
      value: after,
      detail: 'may not change once set',
    },
  ]
}

const isLabel = (name: unknown) =>
  typeof name === 'string' && name.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)

const textOr = (value: unknown, fallback: string) =>
  typeof value === 'string' && value !== '' ? value : fallback
