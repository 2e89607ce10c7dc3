import {
  measurePaced,
  type PacedRun,
  type PacedTarget,
  pacedLoad,
} from '../harness/load/paced-load.ts'
import { chatBody, chatHead } from '../harness/load/requests.ts'
import type { Measurement, Scenario } from '../harness/scenario.ts'
import { medianOf } from '../harness/statistics/median.ts'
import { startTopology, type Target, type Topology } from '../harness/topology.ts'

/** Below this on either core, what is measured are queues of the machine. */
const minimumIdlePercent = 5
/**
 * What a proxy may add to the time of a first event. A round in which nginx adds more says how the machine delays programs, and
 * nothing about the one that is measured next.
 */
const addedBudgetMs = 1
/** So many rounds for each that is asked for, until as many were quiet. */
const roundsPerRun = 4

const targetOf = (topology: Topology, target: Target): PacedTarget => ({
  url: target === 'direct' ? topology.urls.events : topology.urls[target],
  head: chatHead(target === 'direct' ? '/v1/events' : '/events'),
  requestBody: chatBody,
  process: target === 'direct' ? undefined : topology[target],
})

type Round = Readonly<Record<Target, PacedRun>>

/** What a proxy added in a round to what the streams themselves took. */
const added = (round: Round, target: Target, key: 'firstEventP50Ms' | 'firstEventP99Ms') =>
  round[target][key] - round.direct[key]

/** That nginx takes something away shows as much that the machine delays programs. */
const isQuiet = (round: Round) =>
  Math.abs(added(round, 'nginx', 'firstEventP99Ms')) <= addedBudgetMs

function report(rounds: readonly Round[]): Measurement[] {
  const scenario = `${pacedLoad.streams} paced streams`
  const median = (target: Target, key: keyof PacedRun) =>
    medianOf(rounds.map((round) => round[target][key]))
  const lost = (target: Target) => rounds.reduce((sum, round) => sum + round[target].incomplete, 0)
  const incomplete = lost('sluice')
  const nginxCpu = median('nginx', 'cpuMicrosPerEvent')
  const cpu = median('sluice', 'cpuMicrosPerEvent')
  const quiet = rounds.filter(isQuiet)
  const p99 = (target: Target) =>
    medianOf(
      (quiet.length > 0 ? quiet : rounds).map((round) => added(round, target, 'firstEventP99Ms')),
    )
  const p50 = (target: Target) =>
    medianOf(rounds.map((round) => added(round, target, 'firstEventP50Ms')))
  const saturated = (['loadIdlePercent', 'measuredIdlePercent'] as const).some(
    (key) => median('sluice', key) < minimumIdlePercent,
  )
  const noise = `with nginx it was over ${addedBudgetMs} ms more or less in every round`
  return [
    {
      ...{ scenario, figure: 'incomplete streams', unit: 'of all', budget: '0' },
      ...{ sluice: incomplete, holds: incomplete === 0 },
      nginx: lost('nginx'),
    },
    {
      ...{ scenario, figure: 'CPU per event', unit: 'µs', budget: '≤ 2 × nginx' },
      ...{ nginx: nginxCpu, sluice: cpu, ratio: cpu / nginxCpu, holds: cpu / nginxCpu <= 2 },
    },
    {
      ...{ scenario, figure: 'added to first event, p50', unit: 'ms', budget: '–', holds: true },
      ...{ nginx: p50('nginx'), sluice: p50('sluice') },
    },
    {
      ...{ scenario, figure: `added to first event, p99 of ${quiet.length} quiet rounds` },
      ...{ unit: 'ms', budget: `≤ ${addedBudgetMs} ms` },
      ...{ direct: median('direct', 'firstEventP99Ms'), nginx: p99('nginx') },
      ...{ sluice: p99('sluice'), holds: p99('sluice') <= addedBudgetMs },
      ...(quiet.length === 0 ? { invalid: noise } : {}),
      ...(saturated ? { invalid: 'a core had no idle time' } : {}),
    },
  ]
}

async function measureRound(topology: Topology): Promise<Round> {
  const measure = (target: Target) => measurePaced(targetOf(topology, target))
  return {
    direct: await measure('direct'),
    nginx: await measure('nginx'),
    sluice: await measure('sluice'),
  }
}

/** Many slow streams at once, each event in a write of its own. */
export const pacedStreams: Scenario = {
  name: 'streams',
  async run(settings) {
    const topology = await startTopology()
    const rounds: Round[] = []
    try {
      await measurePaced(targetOf(topology, 'sluice'))
      const isEnough = () => rounds.filter(isQuiet).length >= settings.runs
      while (!isEnough() && rounds.length < roundsPerRun * settings.runs) {
        rounds.push(await measureRound(topology))
      }
      return report(rounds)
    } finally {
      await topology.stop()
    }
  },
}
