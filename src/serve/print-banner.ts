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

/** Says that everything has started; on standard error where standard output is the access log, which programs read. */
export function printBanner({
  options,
  settings,
  data,
  simulator,
  report,
  kubeconfig,
}: BannerParts): void {
  const accessLog = accessLogOf(options, data)
  const print = accessLog === '-' ? settings.terminal.err : settings.terminal.out
  const listeners = [...(report?.configuration.listeners.values() ?? [])]
  const banner = formatBanner({
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
    accessLog,
  })
  print(banner)
}
