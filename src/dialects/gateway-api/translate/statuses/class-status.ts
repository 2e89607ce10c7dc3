import type { KubeObject } from '../../../../kube/kube-object.ts'
import { ConditionMaker, type Problem } from '../../conditions.ts'
import type { GatewayClassSpec } from '../../kinds/specs/gateway-class-spec.ts'
import { supportedFeatures } from '../../supported-features.ts'
import { readParameters } from '../gateways/gateway-plan.ts'
import type { Scope } from '../source.ts'

function findProblem(
  scope: Scope,
  { parametersRef }: Partial<GatewayClassSpec>,
): Problem | undefined {
  if (parametersRef === undefined) return undefined
  const { namespace = '' } = parametersRef
  const found = readParameters(scope, { ...parametersRef, namespace })
  return found.type === 'found'
    ? undefined
    : { reason: 'InvalidParameters', message: found.message }
}

/** What is to be said of a class that is served here. */
export function createClassStatus(scope: Scope, gatewayClass: KubeObject): unknown {
  const make = new ConditionMaker(gatewayClass)
  const spec = scope.source.specs.get<Partial<GatewayClassSpec>>(gatewayClass)
  return {
    conditions: [
      make.expect('Accepted', findProblem(scope, spec)),
      make.expect('SupportedVersion', undefined),
    ],
    supportedFeatures: supportedFeatures.map((name) => ({ name })),
  }
}
