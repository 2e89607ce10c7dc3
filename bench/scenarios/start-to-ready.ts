import { cpus } from 'node:os'
import { join } from 'node:path'
import { createBenchFolder } from '../harness/bench-folder.ts'
import { startSluice } from '../harness/programs/sluice.ts'
import type { Scenario } from '../harness/scenario.ts'
import { medianOf } from '../harness/statistics/median.ts'

type Command = 'serve' | 'dev'

const budgetsMs = { first: 1500, second: 500 } as const
const commands: readonly Command[] = ['serve', 'dev']
const allCores = cpus()
  .map((_, core) => core)
  .join(',')

async function startOnce(folder: string, command: Command, workers: number): Promise<number> {
  const sluice = await startSluice({
    ...{ folder, command, workers, core: allCores, manifests: '' },
    ...{ addressPool: '127.0.13.0/24', adminPort: 19082, kubePort: 19083 },
    environment: { NODE_COMPILE_CACHE: join(folder, 'compiled') },
  })
  await sluice.stop()
  return sluice.readyMs
}

/** Milliseconds of a start on nothing (no data, nothing compiled) and of the one after it. */
async function measure(command: Command, workers: number) {
  const folder = createBenchFolder()
  try {
    const first = await startOnce(folder.path, command, workers)
    return { first, second: await startOnce(folder.path, command, workers) }
  } finally {
    folder.remove()
  }
}

/** From the start of the process to the first `/readyz` that says so, with one worker and with one per core. */
export const startToReady: Scenario = {
  name: 'start',
  async run(settings) {
    const measurements = []
    for (const command of commands) {
      for (const workers of new Set([1, cpus().length])) {
        const runs = []
        for (let round = 0; round < settings.runs; round++) {
          runs.push(await measure(command, workers))
        }
        for (const which of ['first', 'second'] as const) {
          const sluice = medianOf(runs.map((run) => run[which]))
          measurements.push({
            scenario: `${which} start`,
            ...{ figure: `${command} --workers ${workers}`, unit: 'ms', sluice },
            ...{ budget: `≤ ${budgetsMs[which]} ms`, holds: sluice <= budgetsMs[which] },
          })
        }
      }
    }
    return measurements
  },
}
