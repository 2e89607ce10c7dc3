import { isIP } from 'node:net'
import type { FieldError } from '../../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { specOf } from '../../../shared/spec-of.ts'
import { dnsName, qualifiedName } from '../fields/scalars.ts'
import type { GatewaySpec } from '../specs/gateway-spec.ts'
import { areDistinct, Checks, listOf } from './checks.ts'
import { checkListeners } from './listener-rules.ts'

/** The rules of upstream's definition that a schema cannot say. */
export function validateGateway(object: KubeObject): readonly FieldError[] {
  const checks = new Checks()
  const spec = specOf<GatewaySpec>(object)
  checkListeners(checks, listOf(spec.listeners))
  checkAddresses(checks, spec)
  checkPorts(checks, spec)
  checkKeys(checks, 'labels', spec.infrastructure?.labels)
  checkKeys(checks, 'annotations', spec.infrastructure?.annotations)
  return checks.errors
}

function checkPorts(checks: Checks, { tls }: Partial<GatewaySpec>): void {
  const ports = listOf(tls?.frontend?.perPort).map(({ port }) => String(port))
  const detail = 'Port for TLS configuration must be unique within the Gateway'
  checks.expect(areDistinct(ports), 'spec.tls.frontend.perPort', detail, 'array')
}

const keyPattern = new RegExp(`^(${dnsName}/)?${qualifiedName}$`)
const maxPrefixLength = 252

function checkKeys(checks: Checks, name: 'labels' | 'annotations', keys: object = {}): void {
  const field = `spec.infrastructure.${name}`
  for (const key of Object.keys(keys)) {
    const [prefix = ''] = key.split('/')
    const isShort = prefix.length <= maxPrefixLength
    checks.expect(isShort, field, `the prefix of the key ${key} is longer than 252 characters`)
    const detail = `${key} is no key: an optional DNS subdomain and a slash, and a name of up to 63 characters`
    checks.expect(keyPattern.test(key), field, detail)
  }
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
  addresses.forEach(({ type = 'IPAddress', value = '' }, index) => {
    const field = `spec.addresses[${index}]`
    const isHostname = type !== 'Hostname' || value === '' || hostnamePattern.test(value)
    checks.expect(isHostname, field, 'Hostname value must be empty or a host name')
    const isAddress = type !== 'IPAddress' || value === '' || isIP(value) !== 0
    checks.expect(isAddress, field, 'IPAddress value must be empty or an IP address')
  })
}
