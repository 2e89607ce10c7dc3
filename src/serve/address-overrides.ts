import type { ServeOptions } from '../cli/serve/serve-options.ts'
import type { AddressOverride } from '../link/messages.ts'
import type { Simulator } from '../simulator/simulator.ts'

/** Simulated providers stand in for their real hosts; what the operator resolves himself comes first. */
export function overridesOf(
  { resolve }: ServeOptions,
  simulator: Simulator | undefined,
): AddressOverride[] {
  const simulated = (simulator?.hosts ?? []).map((host) => ({
    ...{ host, port: 443, trusted: true },
    targets: [{ address: simulator?.address ?? '', port: simulator?.port }],
  }))
  const operators = resolve.map(({ host, port, address, targetPort }) => ({
    ...{ host, port, trusted: true },
    targets: [{ address, port: targetPort }],
  }))
  return [...operators, ...simulated]
}
