import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callHttp } from '../harness/http-call.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { deploymentYaml, openWorkloadBench, type WorkloadBench } from './workload-bench.ts'

let bench: WorkloadBench

const listening = `require('http').createServer((q, s) => s.end('own ' + process.env.POD_NAME)).listen(process.env.PORT, process.env.HOST)`
const commands = [
  ...['--run-image', `own/server=exec '${process.execPath}' -e "${listening}"`],
  ...['--run-image', `own/broken=echo no luck today; exit 3`],
]

beforeAll(async () => {
  bench = await openWorkloadBench({ command: 'dev', flags: commands })
})
afterAll(() => bench.close())

interface Endpoint {
  readonly address: string
  readonly port: number
}

async function endpointsOf(service: string): Promise<Endpoint[]> {
  const { items } = (await bench.kube.get(
    `/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io/service-name%3D${service}`,
  )) as {
    items: {
      ports: { port: number }[]
      endpoints: { addresses: string[]; conditions: { ready: boolean } }[]
    }[]
  }
  return items.flatMap(({ ports, endpoints }) =>
    endpoints
      .filter(({ conditions }) => conditions.ready)
      .map(({ addresses }) => ({ address: addresses[0] ?? '', port: ports[0]?.port ?? 0 })),
  )
}

const podsOf = async (name: string) =>
  (await bench.kubectl(`get pods -l app=${name} -o name`)).split('\n').filter((line) => line !== '')

const rolledOut = (name: string) => bench.kubectl(`rollout status deploy ${name} --timeout=20s`)

const post = (endpoint: Endpoint, body: string) =>
  callHttp({
    ...{ address: endpoint.address, port: endpoint.port, path: '/v1', method: 'POST', body },
    headers: { authorization: 'Bearer token-of-somebody', 'x-flavour': 'plain' },
  })

describe('a Deployment of an image that is known', () => {
  test('a Deployment of a known image runs each replica at an address of its own', async () => {
    await bench.apply(deploymentYaml('many', 'jmalloc/echo-server:0.3.7', { replicas: 3 }))
    expect(await rolledOut('many')).toContain('deployment "many" successfully rolled out')
    const endpoints = await waitUntil('three endpoints', async () => {
      const found = await endpointsOf('many')
      return found.length === 3 && found
    })
    expect(new Set(endpoints.map(({ address }) => address)).size).toBe(3)
    for (const endpoint of endpoints) {
      const { body } = await post(endpoint, '{"text":"twice"}')
      expect(body).toMatch(/^Request served by many-[0-9a-f]{10}-\w{5}\n\nPOST \/v1 HTTP\/1\.1\n/)
      expect(body).toContain('\nx-flavour: plain\n')
      expect(body).toMatch(/\n\n\{"text":"twice"\}$/)
      expect(body).not.toContain('token-of-somebody')
    }
    expect(await bench.kubectl('get deploy many')).toMatch(/^NAME.*\nmany\s+3\/3\s+3\s+3\s/)
    expect(await bench.kubectl('get pods -l app=many -o wide')).toMatch(
      /1\/1\s+Running\s+0\s+\S+\s+127\./,
    )
    await bench.kubectl('wait --for=condition=Available deploy/many --timeout=5s')
    await bench.kubectl('wait --for=condition=Ready pod -l app=many --timeout=5s')
  })

  test('kubectl scale starts and ends replicas', async () => {
    await bench.apply(deploymentYaml('scaled', 'echo-server'))
    await rolledOut('scaled')
    await bench.kubectl('scale deploy scaled --replicas=3')
    await rolledOut('scaled')
    await waitUntil('three endpoints', async () => (await endpointsOf('scaled')).length === 3)
    await bench.kubectl('scale deploy scaled --replicas=0')
    await waitUntil('no endpoint', async () => (await endpointsOf('scaled')).length === 0)
    await waitUntil('no pod', async () => (await podsOf('scaled')).length === 0)
    await rolledOut('scaled')
  })

  test('kubectl makes Deployments and pods of its flags', async () => {
    const flags = '--image=echo-server --port=8080'
    await bench.kubectl(`create deployment flagged ${flags} --replicas=2`)
    await bench.kubectl('expose deploy flagged --port=80 --target-port=8080')
    await rolledOut('flagged')
    await waitUntil('two endpoints', async () => (await endpointsOf('flagged')).length === 2)
    await bench.kubectl(`run single ${flags} --labels=app=single --env=A=b`)
    await bench.kubectl('wait --for=condition=Ready pod/single --timeout=10s')
    await bench.kubectl('set image deploy/flagged echo-server=echo:2')
    await rolledOut('flagged')
  })

  test('a slip in the number of replicas does not fill the machine', async () => {
    await bench.apply(deploymentYaml('slip', 'nobody/knows:1', { replicas: 1_000_000 }))
    await waitUntil('the event', async () =>
      (await bench.kubectl('get events')).includes('This machine runs 250 pods already'),
    )
    await bench.kubectl('delete deploy slip')
    await waitUntil('no pod', async () => (await podsOf('slip')).length === 0)
  })

  test('a changed template rolls out new pods before the old ones go', async () => {
    await bench.apply(deploymentYaml('rolled', 'echo-server', { replicas: 2 }))
    await rolledOut('rolled')
    const before = await podsOf('rolled')
    await bench.kubectl('rollout restart deploy rolled')
    await rolledOut('rolled')
    const after = await podsOf('rolled')
    expect(after).toHaveLength(2)
    expect(after.filter((name) => before.includes(name))).toEqual([])

    await bench.apply(deploymentYaml('rolled', 'nobody/knows:1', { replicas: 2 }))
    await waitUntil('pods that wait', async () =>
      (await bench.kubectl('get pods -l app=rolled')).includes('UnknownImage'),
    )
    expect(await endpointsOf('rolled')).toHaveLength(2)
    await bench.kubectl('rollout undo deploy rolled')
    await rolledOut('rolled')
    expect(await bench.kubectl('rollout history deploy rolled')).toMatch(
      /REVISION.*\n1\s.*\n3\s.*\n4\s/,
    )
    expect(await bench.kubectl('get deploy rolled -o wide')).toContain('echo-server')
  })

  test('a pod that is deleted is replaced, and a Deployment goes with all that is its own', async () => {
    await bench.apply(deploymentYaml('gone', 'echo-server'))
    await rolledOut('gone')
    const [pod = ''] = await podsOf('gone')
    const [endpoint] = await waitUntil('an endpoint', async () => {
      const found = await endpointsOf('gone')
      return found.length === 1 && found
    })
    await bench.kubectl(`delete ${pod}`)
    await waitUntil('another pod', async () => {
      const [next] = await podsOf('gone')
      return next !== undefined && next !== pod
    })
    await bench.kubectl('delete deploy gone')
    await waitUntil('no pod', async () => (await podsOf('gone')).length === 0)
    expect(await bench.kubectl('get rs -l app=gone -o name')).toBe('')
    await waitUntil('a closed port', () =>
      callHttp({ address: endpoint?.address ?? '', port: endpoint?.port ?? 0, path: '/' }).then(
        () => false,
        () => true,
      ),
    )
    await bench.kubectl('delete svc gone')
    await waitUntil('no slice', async () => (await endpointsOf('gone')).length === 0)
  })

  test('describe tells of its conditions, its ReplicaSet and its pods', async () => {
    await bench.apply(deploymentYaml('told', 'echo-server'))
    await rolledOut('told')
    const deployment = await bench.kubectl('describe deploy told')
    expect(deployment).toMatch(/Available\s+True\s+MinimumReplicasAvailable/)
    expect(deployment).toMatch(/NewReplicaSet:\s+told-[0-9a-f]{10} \(1\/1 replicas created\)/)
    expect(await bench.kubectl('describe pod -l app=told')).toMatch(/Status:\s+Running/)
  })
})

describe('kubectl logs', () => {
  test('prints what a model that is overloaded received, and follows it', async () => {
    await bench.apply(deploymentYaml('model-failover', 'gcr.io/somebody/model-failover:0.2'))
    await rolledOut('model-failover')
    const [endpoint = { address: '', port: 0 }] = await endpointsOf('model-failover')
    const answer = await post(endpoint, '{"messages":[],"model":"gpt-4o"}')
    expect(answer.status).toBe(429)
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'rate_limit_exceeded' } })
    const line =
      /^\{"time":"\d{4}-\d\d-\d\dT[\d:.]+Z","level":"INFO","msg":"Request received","msg":"\{\\"messages\\":\[\],\\"model\\":\\"gpt-4o\\"\}"\}\n$/
    expect(await bench.kubectl('logs deploy/model-failover')).toMatch(line)

    const follower = bench.start('logs -f --tail=1 deploy/model-failover')
    let followed = ''
    follower.stdout?.on('data', (text) => {
      followed += text
    })
    await waitUntil('the line that stands', () => line.test(followed))
    await post(endpoint, '{"model":"gpt-3.5-turbo"}')
    await waitUntil('the line that comes', () => followed.includes('gpt-3.5-turbo'))
    const ended = once(follower, 'exit')
    await bench.kubectl('delete deploy model-failover')
    await ended
  })

  test('refuses a pod that has not started and a container that it has not', async () => {
    await bench.apply(deploymentYaml('silent', 'nobody/knows:1'))
    await waitUntil('the pod', async () => (await podsOf('silent')).length === 1)
    const { stderr } = await bench.run('logs deploy/silent')
    expect(stderr).toContain('is waiting to start: UnknownImage')
    const [pod = ''] = await podsOf('silent')
    expect((await bench.run(`logs ${pod} -c other`)).stderr).toContain('other is not valid for pod')
  })
})

describe('a Deployment of an image that nobody knows', () => {
  test('stays Pending, with an event that says how to name a command for it', async () => {
    await bench.apply(deploymentYaml('unknown', 'example.com/team/app:7'))
    await waitUntil('the event', async () =>
      (await bench.kubectl('get events')).includes(`--run-image 'example.com/team/app:7=COMMAND'`),
    )
    expect(await bench.kubectl('get pods -l app=unknown')).toMatch(/0\/1\s+UnknownImage\s+0/)
    expect(
      await bench.kubectl('get pods -l app=unknown -o jsonpath={.items[0].status.phase}'),
    ).toBe('Pending')
    expect(await endpointsOf('unknown')).toEqual([])
  })

  test('a rollout that makes no progress in time fails', async () => {
    const spec = 'progressDeadlineSeconds: 1'
    await bench.apply(deploymentYaml('late', 'example.com/team/app:7', { spec }))
    const { code, stderr } = await bench.run('rollout status deploy late --timeout=20s')
    expect(code).toBe(1)
    expect(stderr).toContain('deployment "late" exceeded its progress deadline')
  })
})

describe("an image that the operator's flag names", () => {
  test('runs that command, which listens where it is told', async () => {
    await bench.apply(deploymentYaml('own', 'own/server:3', { replicas: 2 }))
    await rolledOut('own')
    const endpoints = await waitUntil('endpoints', async () => {
      const found = await endpointsOf('own')
      return found.length === 2 && found
    })
    for (const endpoint of endpoints) {
      expect((await callHttp({ ...endpoint, path: '/' })).body).toMatch(/^own own-\w+-\w{5}$/)
    }
  })

  test('is started again when it ends, and its log says why', async () => {
    await bench.apply(deploymentYaml('broken', 'own/broken'))
    await waitUntil('a restart', async () =>
      /CrashLoopBackOff\s+[1-9]/.test(await bench.kubectl('get pods -l app=broken')),
    )
    expect(await bench.kubectl('logs deploy/broken')).toContain(
      'no luck today\nended with code 3\n',
    )
  })
})

test('the manifest decides neither the command nor its environment', async () => {
  const spec = deploymentYaml('meddled', 'own/server').replace(
    'ports: [{ name: http',
    `command: [touch, ${join(bench.sluice.folder, 'touched')}]
        env: [{ name: POD_NAME, value: chosen }]
        ports: [{ name: http`,
  )
  await bench.apply(spec)
  await rolledOut('meddled')
  const [endpoint = { address: '', port: 0 }] = await endpointsOf('meddled')
  expect((await callHttp({ ...endpoint, path: '/' })).body).toMatch(/^own meddled-/)
})
