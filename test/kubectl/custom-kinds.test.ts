import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Kubectl, startKubectl } from './start-kubectl.ts'

let cluster: Kubectl

beforeAll(async () => {
  cluster = await startKubectl()
})

afterAll(async () => {
  await cluster.close()
  expect(cluster.errors).toEqual([])
})

const sizePath = { name: 'Size', type: 'integer', jsonPath: '.spec.size' }

function definition(plural: string, kind: string, change: object = {}): string {
  const size = { type: 'integer', description: 'How large it is.', minimum: 1 }
  const spec = { type: 'object', required: ['size'], properties: { size } }
  return JSON.stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.toys.io` },
    spec: {
      group: 'toys.io',
      scope: 'Namespaced',
      names: { plural, kind, categories: ['all'] },
      versions: [
        {
          ...{ name: 'v1', served: true, storage: true, additionalPrinterColumns: [sizePath] },
          schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
          ...change,
        },
      ],
    },
  })
}

const object = (kind: string, name: string, spec: object) =>
  JSON.stringify({ apiVersion: 'toys.io/v1', kind, metadata: { name }, spec })

describe('a CustomResourceDefinition', () => {
  test('makes a kind that kubectl applies, prints, explains and deletes', async () => {
    const { kubectl } = cluster
    expect(await kubectl('apply -f -', definition('gadgets', 'Gadget'))).toBe(
      'customresourcedefinition.apiextensions.k8s.io/gadgets.toys.io created\n',
    )
    expect(await kubectl('wait --for=condition=Established crd/gadgets.toys.io')).toContain('met')
    expect(await kubectl('get crd gadgets.toys.io')).toMatch(
      /^NAME\s+CREATED AT\ngadgets.toys.io\s+\d{4}-\d\d-\d\dT[\d:]+Z\n$/,
    )
    const gadget = object('Gadget', 'a', { size: 3 })
    expect(await kubectl('apply -f -', gadget)).toBe('gadget.toys.io/a created\n')
    expect(await kubectl('apply -f -', gadget)).toBe('gadget.toys.io/a unchanged\n')
    expect(await kubectl('get gadgets')).toMatch(/^NAME\s+SIZE\na\s+3\n$/)
    expect(await kubectl('apply -f -', object('Gadget', 'a', { size: 4 }))).toBe(
      'gadget.toys.io/a configured\n',
    )
    expect(await kubectl('get gadget a -o jsonpath={.spec.size}')).toBe('4')
    expect(await kubectl('explain gadget.spec.size')).toContain('How large it is.')
    expect(await kubectl('get all -o name')).toContain('gadget.toys.io/a')
    expect(await kubectl('delete crd gadgets.toys.io')).toContain('deleted')
    const { code, stderr } = await cluster.run(['get', 'gadgets'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/doesn't have a resource type "gadgets"|could not find the requested/)
  })

  test('refuses objects that break its schema, and fields that it does not have', async () => {
    await cluster.kubectl('apply -f -', definition('strict', 'Strict'))
    const small = await cluster.run(['apply', '-f', '-'], {
      input: object('Strict', 'a', { size: 0 }),
    })
    expect(small.code).toBe(1)
    expect(small.stderr).toContain('spec.size')
    const input = object('Strict', 'a', { size: 1, odd: true })
    const odd = await cluster.run(['apply', '-f', '-'], { input })
    expect(odd.code).toBe(1)
    expect(odd.stderr).toMatch(/unknown field "(Strict\.)?(spec\.)?odd"/)
  })

  test('with a column whose JSONPath is broken is refused', async () => {
    const additionalPrinterColumns = [{ ...sizePath, jsonPath: '.spec[?(' }]
    const input = definition('broken', 'Broken', { additionalPrinterColumns })
    const { code, stderr } = await cluster.run(['apply', '-f', '-'], { input })
    expect(code).toBe(1)
    expect(stderr).toContain('spec.versions[0].additionalPrinterColumns[0].jsonPath')
  })

  test('an update of its objects must say which version it replaces', async () => {
    await cluster.kubectl('apply -f -', definition('versioned', 'Versioned'))
    await cluster.kubectl('create -f -', object('Versioned', 'a', { size: 1 }))
    const path = '/apis/toys.io/v1/namespaces/default/versioned/a'
    const { code, stderr } = await cluster.run(['replace', '--raw', path, '-f', '-'], {
      input: object('Versioned', 'a', { size: 2 }),
    })
    expect(code).toBe(1)
    expect(stderr).toContain('must be specified for an update')
    // kubectl itself looks the version up first.
    await cluster.kubectl('replace -f -', object('Versioned', 'a', { size: 2 }))
    expect(await cluster.kubectl('get versioned a -o jsonpath={.spec.size}')).toBe('2')
  })
})

describe('lists of everything', () => {
  test('api-resources names what can be listed', async () => {
    const names = await cluster.kubectl('api-resources --verbs=list -o name')
    expect(names.split('\n')).toEqual(
      expect.arrayContaining(['secrets', 'namespaces', 'widgets.example.com']),
    )
  })

  test('get all of nothing says so', async () => {
    const { code, stderr } = await cluster.run(['get', 'all', '-n', 'kube-public'])
    expect(code).toBe(0)
    expect(stderr).toContain('No resources found in kube-public namespace.')
  })

  test('get events of nothing says so', async () => {
    const { code, stderr } = await cluster.run(['get', 'events', '-n', 'kube-public'])
    expect(code).toBe(0)
    expect(stderr).toContain('No resources found in kube-public namespace.')
  })

  test.each([
    ['rollout status deployment/a', 'deployments.apps "a" not found'],
    ['rollout status service/a', /no status viewer|not a valid|services "a" not found/],
    ['logs nowhere', 'pods "nowhere" not found'],
    ['exec nowhere -- ls', /pods "nowhere" not found|doesn't have a resource type/],
    ['top pods', /Metrics API not available|doesn't have a resource type|not found/],
  ])('%s is answered in words that users know', async (command, text) => {
    const { code, stderr } = await cluster.run(command.split(' '))
    expect(code).toBe(1)
    expect(stderr).toMatch(text)
  })
})
