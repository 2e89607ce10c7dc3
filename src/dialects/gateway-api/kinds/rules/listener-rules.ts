import type { FieldError } from '../../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { specOf } from '../../../shared/spec-of.ts'
import type { ListenerSpec } from '../fields/listeners.ts'
import type { ListenerSetSpec } from '../specs/listener-set-spec.ts'
import { areDistinct, Checks, listOf } from './checks.ts'

/** The rules of upstream's definition that a schema cannot say. */
export function validateListenerSet(object: KubeObject): readonly FieldError[] {
  const checks = new Checks()
  checkListeners(checks, listOf(specOf<ListenerSetSpec>(object).listeners))
  return checks.errors
}

const field = 'spec.listeners'

/** The rules that hold for listeners wherever they stand. */
export function checkListeners(checks: Checks, listeners: readonly ListenerSpec[]): void {
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
