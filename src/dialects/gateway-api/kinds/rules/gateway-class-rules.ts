import type { FieldError } from '../../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { specOf } from '../../../shared/spec-of.ts'
import type { GatewayClassSpec } from '../specs/gateway-class-spec.ts'
import { Checks } from './checks.ts'

/** The controller of a class never changes. */
export function validateGatewayClass(
  object: KubeObject,
  previous: KubeObject | undefined,
): readonly FieldError[] {
  const checks = new Checks()
  const { controllerName } = specOf<GatewayClassSpec>(object)
  const before = previous === undefined ? undefined : specOf<GatewayClassSpec>(previous)
  const isSame = before === undefined || before.controllerName === controllerName
  checks.expect(isSame, 'spec.controllerName', 'Value is immutable', controllerName)
  return checks.errors
}
