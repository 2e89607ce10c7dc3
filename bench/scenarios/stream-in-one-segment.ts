import { chatBody, chatHead, runLoad } from '../harness/load/requests.ts'
import type { Scenario } from '../harness/scenario.ts'
import { medianOf } from '../harness/statistics/median.ts'
import { startTopology, type Topology } from '../harness/topology.ts'

const eventsPerStream = 50
const budgetMicros = 150

async function measureOnce(
  topology: Topology,
  target: 'nginx' | 'sluice',
  seconds: number,
): Promise<number> {
  const measured = topology[target]
  const cpuBefore = measured.cpuMicros()
  const { samples } = await runLoad(
    {
      url: topology.urls[target],
      head: chatHead('/segment'),
      requestBody: chatBody,
      connections: 8,
    },
    seconds,
  )
  const cpu = measured.cpuMicros() - cpuBefore
  for (const { status, body } of samples) {
    if (status !== 200 || body.split('data: ').length - 1 !== eventsPerStream) {
      throw new Error(`${target} gave a wrong answer: ${status} ${body.slice(0, 200)}`)
    }
  }
  return cpu / samples.length
}

/** A stream of 50 events that arrives at once. */
export const streamInOneSegment: Scenario = {
  name: 'segment',
  async run(settings) {
    const topology = await startTopology()
    const runs = { nginx: [] as number[], sluice: [] as number[] }
    try {
      await measureOnce(topology, 'sluice', 2)
      for (let round = 0; round < settings.runs; round++) {
        runs.nginx.push(await measureOnce(topology, 'nginx', settings.seconds))
        runs.sluice.push(await measureOnce(topology, 'sluice', settings.seconds))
      }
    } finally {
      await topology.stop()
    }
    const nginx = medianOf(runs.nginx)
    const sluice = medianOf(runs.sluice)
    return [
      {
        scenario: `${eventsPerStream} events in one segment`,
        ...{ figure: 'CPU per stream', unit: 'µs', budget: `≤ ${budgetMicros} µs` },
        ...{ nginx, sluice, ratio: sluice / nginx, holds: sluice <= budgetMicros },
      },
    ]
  },
}
