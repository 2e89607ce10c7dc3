import { openCertificateAuthority } from '../lib/certificates/certificate-authority.ts'
import { createSimulator, type Simulator, type SimulatorOptions } from './simulator.ts'

/** What `sluice simulate` takes; see {@link SimulatorOptions} for the rest. */
export interface StartSimulatorOptions extends Omit<SimulatorOptions, 'authority'> {
  /** Folder of the local authority; without it clients get a new one to trust on each start. */
  readonly authorityFolder?: string
}

/** A simulator on its own, with the certificate that its clients have to trust. */
export interface StartedSimulator extends Simulator {
  /** PEM of the authority: what `curl --cacert` needs. */
  readonly authorityCertificate: string
}

/** Starts the simulated providers with an authority of their own. */
export async function startSimulator(options: StartSimulatorOptions): Promise<StartedSimulator> {
  const { authorityFolder, ...rest } = options
  const authority = openCertificateAuthority({
    now: options.now,
    ...(authorityFolder === undefined ? {} : { folder: authorityFolder }),
  })
  const simulator = await createSimulator({ ...rest, authority })
  return { ...simulator, authorityCertificate: authority.certificate }
}
