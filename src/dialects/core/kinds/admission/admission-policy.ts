import type { KindDefinition } from '../../../../kube/kind-definition.ts'
import { free, object } from '../../../field.ts'
import { ignored, informational } from '../../../verdict.ts'
import { defineKind } from '../define-kind.ts'

const reason = 'objects are checked by the rules of their kinds alone'

/** Taken because the install files of other projects bring them along; what they forbid is not forbidden here. */
const definePolicyKind = (kind: string, plural: string): KindDefinition =>
  defineKind({
    ...{ group: 'admissionregistration.k8s.io', scope: 'Cluster', kind, plural, shortNames: [] },
    schema: object('A rule of a cluster for what may be stored.', {
      spec: ignored(reason, free('The rule, or what it is for.')),
      status: informational(free('What was found of it.')),
    }),
  })

/** `admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy`. */
export const validatingAdmissionPolicy = definePolicyKind(
  'ValidatingAdmissionPolicy',
  'validatingadmissionpolicies',
)

/** `admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding`. */
export const validatingAdmissionPolicyBinding = definePolicyKind(
  'ValidatingAdmissionPolicyBinding',
  'validatingadmissionpolicybindings',
)
