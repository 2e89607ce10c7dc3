import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { waitUntil } from '../harness/wait-until.ts'
import { deploymentYaml, openWorkloadBench } from './workload-bench.ts'

test('what ran when Sluice ended runs again under the same names', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'workloads-'))
  try {
    const first = await openWorkloadBench({ command: 'dev', folder })
    await first.apply(deploymentYaml('kept', 'echo-server', { replicas: 2 }))
    await first.kubectl('rollout status deploy kept --timeout=20s')
    const before = await first.kubectl('get pods -o name')
    await first.close()

    const second = await openWorkloadBench({ command: 'dev', folder })
    try {
      await waitUntil('two restarted pods', async () => {
        const pods = await second.kubectl('get pods')
        return pods.match(/1\/1\s+Running\s+1\s/g)?.length === 2
      })
      expect(await second.kubectl('get pods -o name')).toBe(before)
    } finally {
      await second.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('serve runs what the operator names, and says where the stand-ins of Sluice run', async () => {
  const bench = await openWorkloadBench({ command: 'serve' })
  try {
    await bench.apply(deploymentYaml('plain', 'echo-server'))
    await waitUntil('the event', async () =>
      (await bench.kubectl('get events')).includes('run in "sluice dev" only'),
    )
  } finally {
    await bench.close()
  }
})
