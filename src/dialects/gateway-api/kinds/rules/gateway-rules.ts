import type { FieldError } from '../../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { specOf } from '../../../shared/spec-of.ts'
import type { GatewaySpec, ListenerSpec } from '../gateway.ts'
import { areDistinct, Checks, listOf } from './checks.ts'

/** The rules of upstream's definition that a schema cannot say. */
export function validateGateway(object: KubeObject): readonly FieldError[] {
  const checks = new Checks()
  const spec = specOf<GatewaySpec>(object)
  checkListeners(checks, listOf(spec.listeners))
  checkAddresses(checks, spec)
  checkPorts(checks, spec)
  return checks.errors
}

function checkListeners(checks: Checks, listeners: readonly ListenerSpec[]): void {
  const field = 'spec.listeners'
  const expectAll = (holds: (listener: ListenerSpec) => boolean, detail: string) =>
    checks.expect(listeners.every(holds), field, detail, 'array')
  expectAll(
    ({ protocol, tls }) => !['HTTP', 'TCP', 'UDP'].includes(protocol) || tls === undefined,
    "tls must not be specified for protocols ['HTTP', 'TCP', 'UDP']",
  )
  expectAll(
    ({ protocol, tls }) => protocol !== 'HTTPS' || tls?.mode !== 'Passthrough',
    'tls mode must be Terminate for protocol HTTPS',
  )
  expectAll(
    ({ protocol, tls }) => protocol !== 'TLS' || tls?.mode !== undefined,
    'tls mode must be set for protocol TLS',
  )
  expectAll(
    ({ protocol, hostname }) => !['TCP', 'UDP'].includes(protocol) || hostname === undefined,
    "hostname must not be specified for protocols ['TCP', 'UDP']",
  )
  expectAll(
    ({ tls }) =>
      tls === undefined ||
      tls.mode === 'Passthrough' ||
      listOf(tls.certificateRefs).length > 0 ||
      Object.keys(tls.options ?? {}).length > 0,
    'certificateRefs or options must be specified when mode is Terminate',
  )
  const places = listeners.map(({ port, protocol, hostname = '' }) =>
    [port, protocol, hostname].join(' '),
  )
  checks.expect(
    areDistinct(places),
    field,
    'Combination of port, protocol and hostname must be unique for each listener',
    'array',
  )
}

function checkPorts(checks: Checks, { tls }: Partial<GatewaySpec>): void {
  const ports = listOf(tls?.frontend?.perPort).map(({ port }) => String(port))
  const detail = 'Port for TLS configuration must be unique within the Gateway'
  checks.expect(areDistinct(ports), 'spec.tls.frontend.perPort', detail, 'array')
}

const hostnamePattern = /^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

function checkAddresses(checks: Checks, spec: GatewaySpec): void {
  const addresses = listOf(spec.addresses)
  for (const type of ['IPAddress', 'Hostname']) {
    const values = addresses.flatMap((address) =>
      (address.type ?? 'IPAddress') === type && address.value !== undefined ? [address.value] : [],
    )
    checks.expect(areDistinct(values), 'spec.addresses', `${type} values must be unique`, 'array')
  }
  addresses.forEach(({ type, value = '' }, index) => {
    const isWellFormed = type !== 'Hostname' || value === '' || hostnamePattern.test(value)
    const detail = 'Hostname value must be empty or a host name'
    checks.expect(isWellFormed, `spec.addresses[${index}]`, detail)
  })
}
