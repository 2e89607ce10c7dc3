import type { FieldError } from '../../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { specOf } from '../../../shared/spec-of.ts'
import type { GatewaySpec } from '../specs/gateway-spec.ts'
import { areDistinct, Checks, listOf } from './checks.ts'
import { checkCertificates, checkListeners } from './listener-rules.ts'

/** The rules of upstream's definition that a schema cannot say. */
export function validateGateway(object: KubeObject): readonly FieldError[] {
  const checks = new Checks()
  const spec = specOf<GatewaySpec>(object)
  checkListeners(checks, listOf(spec.listeners))
  checkCertificates(checks, listOf(spec.listeners))
  checkAddresses(checks, spec)
  checkPorts(checks, spec)
  return checks.errors
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
