import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
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

function widget(name: string, spec: object, rest: object = {}): string {
  const metadata = { name, namespace: 'default' }
  return JSON.stringify({ apiVersion: 'example.com/v1', kind: 'Widget', metadata, spec, ...rest })
}

describe('kubectl apply', () => {
  test('creates, leaves alone and configures', async () => {
    const { kubectl } = cluster
    const red = widget('a', { color: 'red', ports: [{ port: 80 }] })
    expect(await kubectl('apply -f -', red)).toBe('widget.example.com/a created\n')
    expect(await kubectl('apply -f -', red)).toBe('widget.example.com/a unchanged\n')
    const blue = widget('a', { color: 'blue' })
    expect(await kubectl('apply -f -', blue)).toBe('widget.example.com/a configured\n')
    expect(JSON.parse(await kubectl('get widget a -o json')).spec).toEqual({ color: 'blue' })
  })

  test('takes several YAML documents in one stream', async () => {
    const yaml = [
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\ndata:\n  a: "1"\n',
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: two\nstringData:\n  b: "2"\n',
    ].join('---\n')
    expect(await cluster.kubectl('apply -f -', yaml)).toBe(
      'configmap/one created\nsecret/two created\n',
    )
    expect(await cluster.kubectl('get secret two -o jsonpath={.data.b}')).toBe('Mg==')
  })

  test('of a vendor kind keeps unknown fields and warns', async () => {
    const given = widget('unknown', { color: 'red', shape: 'round' })
    const { code, stderr } = await cluster.run(['apply', '-f', '-'], { input: given })
    expect(code).toBe(0)
    expect(stderr).toMatch(/Warning: .*spec\.shape/)
    const stored = await cluster.kubectl('get widget unknown -o jsonpath={.spec.shape}')
    expect(stored).toBe('round')
  })

  test('of a core kind refuses unknown fields', async () => {
    const given = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'odd' },
      shape: 'round',
    })
    const { code, stderr } = await cluster.run(['apply', '-f', '-'], { input: given })
    expect(code).toBe(1)
    expect(stderr).toMatch(/unknown field "(ConfigMap\.)?shape"|unknown field "shape"/)
  })

  test('says which field is invalid', async () => {
    const input = widget('bad', { color: 'pink' })
    const { code, stderr } = await cluster.run(['apply', '-f', '-'], { input })
    expect(code).toBe(1)
    expect(stderr).toContain('The Widget "bad" is invalid: spec.color: Unsupported value: "pink"')
  })

  test('into a namespace that does not exist says so', async () => {
    const input = widget('a', { color: 'red' }).replace('"default"', '"nowhere"')
    const { code, stderr } = await cluster.run(['apply', '-f', '-'], { input })
    expect(code).toBe(1)
    expect(stderr).toContain('namespaces "nowhere" not found')
  })

  test('of an unknown kind says so', async () => {
    const input = widget('a', { color: 'red' }).replace('"Widget"', '"Gizmo"')
    const { code, stderr } = await cluster.run(['apply', '-f', '-'], { input })
    expect(code).toBe(1)
    expect(stderr).toContain('no matches for kind "Gizmo" in version "example.com/v1"')
  })

  test('--dry-run=server stores nothing', async () => {
    const input = widget('dry', { color: 'red' })
    expect(await cluster.kubectl('apply --dry-run=server -f -', input)).toBe(
      'widget.example.com/dry created (server dry run)\n',
    )
    const { stderr } = await cluster.run(['get', 'widget', 'dry'])
    expect(stderr).toContain('widgets.example.com "dry" not found')
  })

  test('--prune removes what left the files', async () => {
    const { kubectl, run } = cluster
    const map = (name: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  labels: {prune: me}\n`
    await kubectl('apply -f -', `${map('stays')}---\n${map('leaves')}`)
    const selection = ['-l', 'prune=me', '--prune-whitelist=core/v1/ConfigMap']
    if (cluster.minorVersion >= 26) selection[2] = '--prune-allowlist=core/v1/ConfigMap'
    const args = ['apply', '--prune', ...selection, '-f', '-']
    const pruned = await run(args, { input: map('stays') })
    expect(pruned.stdout).toContain('configmap/leaves pruned')
    expect(await kubectl('get configmap -l prune=me -o name')).toBe('configmap/stays\n')
  })
})

describe('kubectl apply --server-side', () => {
  const apply = (manager: string, color: string, ...more: string[]) =>
    cluster.run(['apply', '--server-side', `--field-manager=${manager}`, ...more, '-f', '-'], {
      input: widget('owned', { color, ports: [{ port: 80, name: manager }] }),
    })

  test('names who owns a field, and takes it over when told to', async () => {
    expect((await apply('first', 'red')).stdout).toContain('serverside-applied')
    const conflict = await apply('second', 'blue')
    expect(conflict.code).toBe(1)
    expect(conflict.stderr).toMatch(/conflicts? with "first".*\.spec\.color/s)
    expect((await apply('second', 'blue', '--force-conflicts')).code).toBe(0)
    const color = await cluster.kubectl('get widget owned -o jsonpath={.spec.color}')
    expect(color).toBe('blue')
  })
})

describe('kubectl diff', () => {
  test('shows what an apply would change', async () => {
    await cluster.kubectl('apply -f -', widget('differs', { color: 'red' }))
    const input = widget('differs', { color: 'green' })
    const { code, stdout } = await cluster.run(['diff', '-f', '-'], { input })
    expect(code).toBe(1)
    expect(stdout).toMatch(/-\s+color: red\n\+\s+color: green/)
  })

  test('is empty when nothing would change', async () => {
    const same = widget('same', { color: 'red' })
    await cluster.kubectl('apply -f -', same)
    expect(await cluster.run(['diff', '-f', '-'], { input: same })).toMatchObject({
      code: 0,
      stdout: '',
    })
  })
})

describe('kubectl replace and edit', () => {
  test('replace exchanges the whole object', async () => {
    await cluster.kubectl('create -f -', widget('whole', { color: 'red', replicas: 2 }))
    await cluster.kubectl('replace -f -', widget('whole', { color: 'green' }))
    const spec = await cluster.kubectl('get widget whole -o jsonpath={.spec}')
    expect(JSON.parse(spec)).toEqual({ color: 'green' })
  })

  test('replace of an older version is a conflict', async () => {
    const { kubectl, run } = cluster
    await kubectl('create -f -', widget('old', { color: 'red' }))
    const old = await kubectl('get widget old -o json')
    await kubectl('label widget old a=b')
    const { code, stderr } = await run(['replace', '-f', '-'], { input: old })
    expect(code).toBe(1)
    expect(stderr).toContain('the object has been modified')
  })

  test('edit opens the object in an editor', async () => {
    await cluster.kubectl('create -f -', widget('edited', { color: 'red' }))
    const editor = join(cluster.home, 'editor.sh')
    writeFileSync(editor, '#!/bin/sh\nsed -i s/red/blue/ "$1"\n', { mode: 0o755 })
    const { code, stdout } = await cluster.run(['edit', 'widget', 'edited'], {
      env: { KUBE_EDITOR: editor },
    })
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'widget.example.com/edited edited\n' })
    expect(await cluster.kubectl('get widget edited -o jsonpath={.spec.color}')).toBe('blue')
  })
})
