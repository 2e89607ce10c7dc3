import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Kubectl, startKubectl } from './start-kubectl.ts'

let cluster: Kubectl

beforeAll(async () => {
  cluster = await startKubectl()
  await cluster.kubectl('create namespace other')
  for (const [name, namespace, color] of [
    ['a', 'default', 'red'],
    ['b', 'default', 'green'],
    ['c', 'other', 'blue'],
  ] as const) {
    const metadata = { name, namespace, labels: { color } }
    const spec = { color, replicas: 1, ports: [{ port: 80 }, { port: 443 }] }
    const object = { apiVersion: 'example.com/v1', kind: 'Widget', metadata, spec }
    await cluster.kubectl('create -f -', JSON.stringify(object))
  }
})

afterAll(async () => {
  await cluster.close()
  expect(cluster.errors).toEqual([])
})

/** The cells of a printed table, without ages. */
function cells(table: string): string[][] {
  const rows = table.trimEnd().split('\n')
  return rows.map((row) => row.split(/\s{2,}/).map((cell) => cell.trim()))
}

describe('kubectl get', () => {
  test('prints the columns of the kind', async () => {
    const [head, ...rows] = cells(await cluster.kubectl('get widgets'))
    expect(head).toEqual(['NAME', 'COLOR', 'AGE'])
    expect(rows).toEqual([
      ['a', 'red', expect.stringMatching(/^\d+s$/)],
      ['b', 'green', expect.stringMatching(/^\d+s$/)],
    ])
  })

  test('-o wide prints all columns', async () => {
    const [head, row] = cells(await cluster.kubectl('get wd a -o wide'))
    expect(head).toEqual(['NAME', 'COLOR', 'PORTS', 'AGE'])
    expect(row).toEqual(['a', 'red', '80 443', expect.any(String)])
  })

  test('-A prints every namespace', async () => {
    const rows = cells(await cluster.kubectl('get widgets -A --no-headers'))
    expect(rows.map(([namespace, name]) => `${namespace}/${name}`)).toEqual([
      ...['default/a', 'default/b', 'other/c'],
    ])
  })

  test.each([
    ['-l color=red', ['a']],
    ['-l color!=red', ['b']],
    ['-l color', ['a', 'b']],
    ['--field-selector metadata.name=b', ['b']],
    ['--sort-by=.spec.color', ['b', 'a']],
    ['--chunk-size=1', ['a', 'b']],
  ])('%s selects %j', async (options, names) => {
    const output = await cluster.kubectl(`get widgets ${options} -o name`)
    expect(output.trimEnd().split('\n')).toEqual(names.map((name) => `widget.example.com/${name}`))
  })

  test('-o yaml and jsonpath print the object', async () => {
    expect(await cluster.kubectl('get widget a -o yaml')).toContain('color: red')
    const path = '-o jsonpath={.items[*].metadata.name}'
    expect(await cluster.kubectl(`get widgets ${path}`)).toBe('a b')
  })

  test('of what is not there says so', async () => {
    expect((await cluster.run(['get', 'widget', 'none'])).stderr).toBe(
      'Error from server (NotFound): widgets.example.com "none" not found\n',
    )
    expect((await cluster.run(['get', 'gizmos'])).stderr).toContain(
      'the server doesn\'t have a resource type "gizmos"',
    )
    expect((await cluster.run(['get', 'secrets', '-n', 'none'])).stderr).toContain(
      'No resources found in none namespace.',
    )
  })

  test('-w prints changes as they happen', async () => {
    const child = cluster.start(['get', 'widgets', '-n', 'other', '-w', '--no-headers'])
    if (!child.stdout) throw new Error('standard output is a pipe')
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    expect((await lines.next()).value).toMatch(/^c\s+blue/)
    const patch = '{"spec":{"color":"red"}}'
    await cluster.run(['patch', 'widget', 'c', '-n', 'other', '--type=merge', '-p', patch])
    expect((await lines.next()).value).toMatch(/^c\s+red/)
    child.kill()
    await once(child, 'close')
  })

  test('all prints the category', async () => {
    expect(await cluster.kubectl('get all -n other -o name')).toBe('widget.example.com/c\n')
  })
})

describe('kubectl describe', () => {
  test('prints an object of any kind', async () => {
    const described = await cluster.kubectl('describe widget a')
    expect(described).toMatch(/Name:\s+a\n/)
    expect(described).toMatch(/Color:\s+red\n/)
    expect(await cluster.kubectl('describe namespace other')).toMatch(/Status:\s+Active/)
  })
})

describe('kubectl patch', () => {
  const patch = async (type: string, text: string) => {
    const { code, stderr } = await cluster.run([
      'patch',
      'widget',
      'b',
      `--type=${type}`,
      '-p',
      text,
    ])
    return { code, stderr }
  }

  test('takes a merge patch', async () => {
    expect(await patch('merge', '{"spec":{"replicas":5}}')).toMatchObject({ code: 0 })
    expect(await cluster.kubectl('get widget b -o jsonpath={.spec.replicas}')).toBe('5')
  })

  test('takes a JSON patch', async () => {
    const text = '[{"op":"replace","path":"/spec/replicas","value":6}]'
    expect(await patch('json', text)).toMatchObject({ code: 0 })
    expect(await cluster.kubectl('get widget b -o jsonpath={.spec.replicas}')).toBe('6')
  })

  test('takes a strategic merge patch of a core kind', async () => {
    const { kubectl, run } = cluster
    await kubectl('create service clusterip merged --tcp=80:80')
    const text = '{"spec":{"ports":[{"name":"tls","port":443,"protocol":"TCP","targetPort":443}]}}'
    expect((await run(['patch', 'service', 'merged', '-p', text])).code).toBe(0)
    const ports = await kubectl('get service merged -o jsonpath={.spec.ports[*].port}')
    expect(ports.split(' ').sort()).toEqual(['443', '80'])
  })

  test('that does not apply says why', async () => {
    const { code, stderr } = await patch('json', '[{"op":"remove","path":"/spec/none"}]')
    expect(code).toBe(1)
    expect(stderr).toBe(
      'The request is invalid: the server rejected our request due to an error in our request: remove operation does not apply: "/spec/none" does not exist\n',
    )
  })
})

describe('kubectl label, annotate and scale', () => {
  test('label and annotate change metadata', async () => {
    const { kubectl } = cluster
    await kubectl('label widget a tier=front')
    await kubectl('annotate widget a note=hello')
    const { labels, annotations } = JSON.parse(await kubectl('get widget a -o json')).metadata
    expect(labels).toEqual({ color: 'red', tier: 'front' })
    expect(annotations).toMatchObject({ note: 'hello' })
    await kubectl('label widget a tier-')
    expect(await kubectl('get widget -l tier -o name')).toBe('')
  })

  test('scale changes the replicas', async () => {
    expect(await cluster.kubectl('scale widget a --replicas=3')).toBe(
      'widget.example.com/a scaled\n',
    )
    expect(await cluster.kubectl('get widget a -o jsonpath={.spec.replicas}')).toBe('3')
  })
})

describe('kubectl wait', () => {
  test('ends when the condition holds', async () => {
    const waiting = cluster.kubectl('wait widget/b --for=condition=Ready --timeout=20s')
    const object = JSON.parse(await cluster.kubectl('get widget b -o json'))
    object.status = { conditions: [{ type: 'Ready', status: 'True' }] }
    const path = '/apis/example.com/v1/namespaces/default/widgets/b/status'
    await cluster.kubectl(`replace --raw ${path} -f -`, JSON.stringify(object))
    expect(await waiting).toBe('widget.example.com/b condition met\n')
  })
})

describe('kubectl create', () => {
  test.each([
    ['secret generic made --from-literal=a=b', 'secret/made created'],
    ['configmap made --from-literal=a=b', 'configmap/made created'],
    ['namespace made', 'namespace/made created'],
    ['serviceaccount made', 'serviceaccount/made created'],
    ['service loadbalancer made --tcp=80:8080', 'service/made created'],
  ])('%s', async (command, output) => {
    expect(await cluster.kubectl(`create ${command}`)).toBe(`${output}\n`)
    const { code, stderr } = await cluster.run(`create ${command}`.split(' '))
    expect(code).toBe(1)
    expect(stderr).toContain('"made" already exists')
  })
})

describe('kubectl delete', () => {
  test('removes one object, and those of a selection', async () => {
    const { kubectl, run } = cluster
    for (const name of ['x', 'y', 'z']) {
      await kubectl(`create configmap ${name}`)
      await kubectl(`label configmap ${name} delete=me`)
    }
    expect(await kubectl('delete configmap x')).toMatch(/^configmap "x" deleted/)
    expect(await kubectl('delete configmap -l delete=me')).toMatch(/"y" deleted.*"z" deleted/s)
    expect(await kubectl('get configmap -l delete=me -o name')).toBe('')
    expect((await run(['delete', 'configmap', 'x'])).code).toBe(1)
    expect(await kubectl('delete configmap x --ignore-not-found')).toBe('')
  })

  test('of a namespace removes what is in it', async () => {
    const { kubectl } = cluster
    await kubectl('create namespace doomed')
    await kubectl('create configmap inside -n doomed')
    expect(await kubectl('delete namespace doomed --timeout=20s')).toMatch(/"doomed" deleted/)
    expect(await kubectl('get configmap -n doomed -o name')).toBe('')
  })
})

test('admission policies that install files bring along are kept, with a warning', async () => {
  const policies = ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'].map(
    (kind) => ({
      ...{ apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata: { name: 'safe' } },
      spec: { policyName: 'safe', validations: [{ expression: 'false' }] },
    }),
  )
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: policies })
  const args = ['apply', '-f', '-']
  const { code, stdout, stderr } = await cluster.run(args, { input })
  expect(stdout.match(/\/safe created/g)).toHaveLength(2)
  expect(stderr).toContain('spec is ignored: objects are checked by the rules of their kinds alone')
  expect(code).toBe(0)
  expect(await cluster.kubectl('get validatingadmissionpolicies -o name')).toBe(
    'validatingadmissionpolicy.admissionregistration.k8s.io/safe\n',
  )
})
