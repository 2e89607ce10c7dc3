import type { FieldError } from '../../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { specOf } from '../../../shared/spec-of.ts'
import type { BackendTlsPolicySpec } from '../specs/backend-tls-policy-spec.ts'
import { areDistinct, Checks, listOf } from './checks.ts'

/** The rules of upstream's definition that a schema cannot say. */
export function validateBackendTlsPolicy(object: KubeObject): readonly FieldError[] {
  const checks = new Checks()
  const { targetRefs, validation } = specOf<Partial<BackendTlsPolicySpec>>(object)
  checkTargets(checks, listOf(targetRefs))
  const hasReferences = listOf(validation?.caCertificateRefs).length > 0
  const hasWellKnown = (validation?.wellKnownCACertificates ?? '') !== ''
  checks.expect(
    !(hasReferences && hasWellKnown),
    'spec.validation',
    'must not contain both CACertificateRefs and WellKnownCACertificates',
  )
  checks.expect(
    hasReferences || hasWellKnown,
    'spec.validation',
    'must specify either CACertificateRefs or WellKnownCACertificates',
  )
  listOf(validation?.subjectAltNames).forEach(({ type, hostname, uri }, index) => {
    const field = `spec.validation.subjectAltNames[${index}]`
    for (const [name, label, value] of [
      ['Hostname', 'Hostname', hostname],
      ['URI', 'URI', uri],
    ] as const) {
      checks.expect(
        type !== name || value !== undefined,
        field,
        `SubjectAltName element must contain ${label}, if Type is set to ${name}`,
      )
      checks.expect(
        type === name || value === undefined,
        field,
        `SubjectAltName element must not contain ${label}, if Type is not set to ${name}`,
      )
    }
  })
  return checks.errors
}

function checkTargets(checks: Checks, targets: Readonly<BackendTlsPolicySpec['targetRefs']>): void {
  const groups = Map.groupBy(targets, ({ group, kind, name }) => [group, kind, name].join('/'))
  for (const same of groups.values()) {
    const sections = same.map(({ sectionName = '' }) => sectionName)
    checks.expect(
      same.length === 1 || sections.every((section) => section !== ''),
      'spec.targetRefs',
      'sectionName must be specified when targetRefs includes 2 or more references to the same target',
      'array',
    )
    checks.expect(
      areDistinct(sections),
      'spec.targetRefs',
      'sectionName must be unique when targetRefs includes 2 or more references to the same target',
      'array',
    )
  }
}
