import { join } from 'node:path'
import { formatBanner } from '../cli/serve/banner.ts'
import type { DataDirectory } from '../cli/serve/data-directory.ts'
import type { ServeOptions } from '../cli/serve/serve-options.ts'
import type { GenerationReport } from '../control/generations/generation-report.ts'
import { formatSocketAddress } from '../lib/http/socket-address.ts'
import type { Simulator } from '../simulator/simulator.ts'
import { accessLogOf, type RunSettings } from './run-settings.ts'

interface BannerParts {
  readonly options: ServeOptions
  readonly settings: RunSettings
  readonly data: DataDirectory
  readonly simulator: Simulator | undefined
  readonly report: GenerationReport | undefined
  readonly kubeconfig: string
}

/** What is said once everything has started. */
export function startBanner({
  options,
  settings,
  data,
  simulator,
  report,
  kubeconfig,
}: BannerParts): string {
  const listeners = [...(report?.configuration.listeners.values() ?? [])]
  return formatBanner({
    simulated: settings.simulated,
    version: settings.version,
    readyMs: performance.now(),
    kubeApi: formatSocketAddress(options.kubeApi),
    admin: formatSocketAddress(options.admin),
    kubeconfig,
    environmentFile: join(data.path, 'env'),
    gateways: listeners.flatMap(({ bindings, origin }) =>
      bindings.map(({ address, port }) => ({
        name: `${origin.kind} ${origin.namespace}/${origin.name}`,
        address: formatSocketAddress({ host: address, port }),
      })),
    ),
    moved: (report?.moved ?? []).map(({ declaredPort, address, port }) => ({
      declaredPort,
      address: formatSocketAddress({ host: address, port }),
    })),
    simulatedHosts: simulator?.hosts ?? [],
    simulatorLog: simulator?.controlUrl,
    accessLog: accessLogOf(options, data),
  })
}
