import { list, object } from '../../field.ts'
import { ageColumn, defineKind } from './define-kind.ts'
import { conditions } from './fields/conditions.ts'
import { parentReference } from './fields/references.ts'
import { atomic, controllerNameField } from './fields/scalars.ts'
import { validateBackendTlsPolicy } from './rules/backend-tls-policy-rules.ts'
import { backendTlsPolicySpec } from './specs/backend-tls-policy-spec.ts'

const status = object(
  'What became of the policy, by Gateway.',
  {
    ancestors: list(
      'One entry per Gateway and controller.',
      object(
        'What became of the policy at one Gateway.',
        {
          ancestorRef: parentReference(),
          controllerName: controllerNameField(),
          conditions: conditions(),
        },
        ['ancestorRef', 'conditions', 'controllerName'],
      ),
      { maxItems: 16, ...atomic },
    ),
  },
  ['ancestors'],
)

/** `gateway.networking.k8s.io/BackendTLSPolicy`. */
export const backendTlsPolicy = defineKind({
  kind: 'BackendTLSPolicy',
  plural: 'backendtlspolicies',
  shortNames: ['btlspolicy'],
  description: 'How TLS is spoken to Services.',
  spec: backendTlsPolicySpec,
  status,
  olderVersions: [
    {
      name: 'v1alpha3',
      deprecationWarning: 'v1alpha3 of BackendTLSPolicy is deprecated; use v1',
    },
  ],
  columns: [ageColumn],
  validate: validateBackendTlsPolicy,
})
