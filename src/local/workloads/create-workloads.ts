import { randomInt } from 'node:crypto'
import type { ObjectSource } from '../../kube/object-source.ts'
import type { ResourceApi } from '../../kube/resources/resource-api.ts'
import { systemClock } from '../../lib/time/clock.ts'
import type { AddressPool } from '../address-pool.ts'
import type { CommandEnvironment } from '../images/command-image.ts'
import { findKnownImage, nameOf } from '../images/known-images.ts'
import type { FindImage, LocalImage } from '../images/local-image.ts'
import { Workloads } from './workloads.ts'

/** How workloads run on this machine. */
export interface WorkloadSettings {
  readonly source: ObjectSource
  readonly api: ResourceApi
  readonly pool: AddressPool
  /** The operator's own commands, which come before the images that are known. */
  readonly commands: readonly { readonly image: string; readonly command: string }[]
  /** Whether the stand-ins of Sluice run. */
  readonly simulated: boolean
  readonly environment: CommandEnvironment
  readonly onError: (message: string, error: unknown) => void
}

const suffixCharacters = 'bcdfghjklmnpqrstvwxz2456789'

const createSuffix = () =>
  Array.from({ length: 5 }, () => suffixCharacters[randomInt(suffixCharacters.length)]).join('')

/** Makes the stand-in for the nodes of a cluster. */
export function createWorkloads(settings: WorkloadSettings): Workloads {
  return new Workloads({
    ...settings,
    findImage: createFindImage(settings),
    adviceFor: (image) =>
      `To run a command of this machine for it, start Sluice with --run-image '${image || 'IMAGE'}=COMMAND'; ` +
      'the command listens on $HOST:$PORT.' +
      (settings.simulated ? '' : ' The stand-ins that Sluice brings run in "sluice dev" only.'),
    clock: systemClock,
    createSuffix,
  })
}

/** An operator's image may be written with its tag, for that one alone, or without, for every tag. */
function createFindImage({
  commands,
  environment,
  simulated,
}: Pick<WorkloadSettings, 'commands' | 'environment' | 'simulated'>): FindImage {
  return (image) => {
    const own =
      commands.find((each) => each.image === image) ??
      commands.find((each) => each.image === nameOf(image))
    if (own !== undefined) return createCommandImage(own.command, environment)
    return simulated ? findKnownImage(image) : undefined
  }
}

/** Loads what starts programs only where one is to be started. */
const createCommandImage = (command: string, environment: CommandEnvironment): LocalImage => ({
  async start(options) {
    const { startCommand } = await import('../images/command-image.ts')
    return startCommand(command, environment, options)
  },
})
