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

describe('kubectl api-resources and api-versions', () => {
  test('list what is served', async () => {
    const resources = await cluster.kubectl('api-resources --no-headers')
    expect(resources).toMatch(/^widgets\s+wd\s+example\.com\/v1\s+true\s+Widget$/m)
    expect(resources).toMatch(/^namespaces\s+ns\s+v1\s+false\s+Namespace$/m)
    const versions = (await cluster.kubectl('api-versions')).trimEnd().split('\n')
    expect(versions).toEqual(expect.arrayContaining(['example.com/v1', 'v1']))
  })
})

describe('kubectl explain', () => {
  test('shows a core kind down to a field', async () => {
    const explained = await cluster.kubectl('explain service.spec.ports')
    expect(explained).toMatch(/targetPort/)
    expect(await cluster.kubectl('explain configmap.metadata.labels')).toMatch(
      /map\[string\]string/,
    )
  })

  test('shows the kind of a vendor', async () => {
    expect(await cluster.kubectl('explain widget')).toContain('Something to try verbs on.')
    // Clients of OpenAPI v2 see no fields where unknown ones are kept: they would refuse those.
    const field = cluster.minorVersion >= 27 ? 'widget.spec.color' : 'widget.spec'
    const text = cluster.minorVersion >= 27 ? 'How it looks.' : 'What is wanted.'
    expect(await cluster.kubectl(`explain ${field}`)).toContain(text)
  })

  test('reads OpenAPI v2', async () => {
    const output = cluster.minorVersion >= 27 ? ' --output plaintext-openapiv2' : ''
    const explained = await cluster.kubectl(`explain secret.stringData${output}`)
    expect(explained).toMatch(/KIND:\s+Secret\nVERSION:\s+v1/)
  })

  test('of a field that does not exist says so', async () => {
    const { code, stderr } = await cluster.run(['explain', 'service.none'])
    expect(code).toBe(1)
    expect(stderr).toContain('field "none" does not exist')
  })
})

describe('kubectl auth', () => {
  test('can-i says yes to what exists', async () => {
    expect(await cluster.kubectl('auth can-i create widgets')).toBe('yes\n')
    expect(await cluster.kubectl('auth can-i get secrets/a')).toBe('yes\n')
    expect(await cluster.kubectl('auth can-i --list')).toMatch(/\*\.\*/)
  })

  test('can-i says no to what does not', async () => {
    const { code, stdout } = await cluster.run(['auth', 'can-i', 'create', 'gizmos'])
    expect(code).toBe(1)
    expect(stdout).toMatch(/^no/)
  })

  test('a review of oneself tells the user', async () => {
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
    const review = JSON.stringify({
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'SelfSubjectReview',
    })
    const answer = JSON.parse(await cluster.kubectl(`create --raw ${path} -f -`, review))
    expect(answer.status.userInfo).toEqual({
      username: 'tester',
      groups: ['system:masters', 'system:authenticated'],
    })
  })

  test('with a wrong token is refused', async () => {
    const { code, stderr } = await cluster.run(['get', 'secrets', '--token=wrong'])
    expect(code).toBe(1)
    expect(stderr).toContain('You must be logged in to the server')
  })
})

describe('kubectl version and get --raw', () => {
  test('tell the version and health of the server', async () => {
    const { serverVersion } = JSON.parse(await cluster.kubectl('version -o json'))
    expect(serverVersion.gitVersion).toMatch(/^v1\.\d+\.\d+\+sluice-/)
    expect(await cluster.kubectl('get --raw /readyz')).toBe('ok')
  })
})

describe('kubectl get events', () => {
  test('prints events, and describe shows them', async () => {
    const timestamp = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
    await cluster.kubectl('create configmap subject')
    const uid = await cluster.kubectl('get configmap subject -o jsonpath={.metadata.uid}')
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'subject.1', namespace: 'default' },
      involvedObject: {
        ...{ apiVersion: 'v1', kind: 'ConfigMap', name: 'subject', namespace: 'default', uid },
      },
      ...{ reason: 'Tried', message: 'It was tried', type: 'Normal', count: 1 },
      ...{ firstTimestamp: timestamp, lastTimestamp: timestamp },
      source: { component: 'test' },
    }
    await cluster.kubectl('create -f -', JSON.stringify(event))
    expect(await cluster.kubectl('get events')).toMatch(
      /Normal\s+Tried\s+configmap\/subject\s+It was tried/i,
    )
    expect(await cluster.kubectl('describe configmap subject')).toMatch(/Tried.*It was tried/)
  })
})
