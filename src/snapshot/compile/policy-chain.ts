import { defaultPhases } from '../../policies/index.ts'
import type { CompiledPolicy, PolicyPhase } from '../../policies/policy.ts'
import type { PolicyChain } from '../snapshot.ts'

const placeByPhase = new Map<PolicyPhase, number>(
  defaultPhases.map((phase, place) => [phase, place]),
)

/** The chain of a route without policies. */
export const emptyChain: PolicyChain = createPolicyChain([], false)

/**
 * Sorts policies by hook and phase. `policies` stand most specific level first; header mutations keep that
 * order in both directions, or reverse it so that the most specific level is applied last and wins.
 */
export function createPolicyChain(
  policies: readonly CompiledPolicy[],
  mostSpecificHeaderMutationsWin: boolean,
): PolicyChain {
  const byPhase = Map.groupBy(policies, ({ type, phase }) => placeByPhase.get(phase ?? type) ?? 0)
  const phases = [...byPhase.keys()].toSorted((left, right) => left - right)
  const groups = phases.map((phase) => byPhase.get(phase) ?? [])
  const inLevelOrder = (group: CompiledPolicy[]) =>
    mostSpecificHeaderMutationsWin ? group.toReversed() : group
  const request = groups.flatMap((group) => (areMutations(group) ? inLevelOrder(group) : group))
  const response = groups
    .toReversed()
    .flatMap((group) => (areMutations(group) ? inLevelOrder(group) : group.toReversed()))
  const limits = request.flatMap(({ requestBodyLimitBytes }) => requestBodyLimitBytes ?? [])
  return Object.freeze({
    onRequestHead: having(request, 'onRequestHead'),
    onRequestBody: having(request, 'onRequestBody'),
    requestBodyLimitBytes: limits.length === 0 ? undefined : Math.min(...limits),
    strictReader: request.find(({ readsModelCall }) => readsModelCall === 'required'),
    strictTextReader: request.find(readsTexts),
    onModelRequest: having(request, 'onModelRequest'),
    onFinalModelRequest: having(request, 'onFinalModelRequest'),
    onModelRetry: having(request, 'onModelRetry'),
    onModelResponse: having(response, 'onModelResponse'),
    createStreamEditor: having(response, 'createStreamEditor'),
    onAttempt: having(request, 'onAttempt'),
    onResponseHead: having(response, 'onResponseHead'),
    createResponseTransform: having(response, 'createResponseTransform'),
    onComplete: having(response, 'onComplete'),
  })
}

function readsTexts(policy: CompiledPolicy) {
  const reads = policy.onModelRequest ?? policy.onFinalModelRequest
  return policy.readsModelCall === 'required' && reads !== undefined && !policy.readsTokenNumbers
}

function areMutations(group: readonly CompiledPolicy[]): boolean {
  return group[0]?.type === 'header-mutation'
}

function having(
  policies: readonly CompiledPolicy[],
  hook: keyof CompiledPolicy,
): readonly CompiledPolicy[] {
  return Object.freeze(policies.filter((policy) => policy[hook] !== undefined))
}
