import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ApiUnderTest, looseKind, startApi, testKinds } from '../testing/start-api.ts'

let api: ApiUnderTest
beforeEach(async () => {
  const base = looseKind('example.com', 'v1', 'Widget')
  const columns = [
    { name: 'Size', type: 'integer', value: '.spec.size' },
    { name: 'Colour', type: 'string', value: '.spec.colour', priority: 1 },
  ] as const
  const versions = base.versions.map((version) => ({ ...version, columns }))
  api = await startApi([
    ...testKinds,
    { ...base, shortNames: ['wd'], versions },
    looseKind('other.com', 'v1', 'Widget'),
  ])
  for (const [name, namespace, size] of [
    ['a', 'default', 1],
    ['longer', 'gloo-system', 2],
  ] as const) {
    api.create({
      ...{ apiVersion: 'example.com/v1', kind: 'Widget', spec: { size, colour: 'red' } },
      metadata: { name, namespace, labels: { size: String(size) } },
    })
  }
})
afterEach(() => api.close())

test('without a kind the kinds are listed', async () => {
  const { out } = await api.run('get')
  expect(out).toMatch(/^NAME +SHORTNAMES +APIVERSION +NAMESPACED +KIND\n/)
  expect(out).toMatch(/\nwidgets +wd +example\.com\/v1 +true +Widget\n/)
  expect(out).toMatch(/\nnamespaces +v1 +false +Namespace\n/)
})

test.each([['widgets.example.com'], ['wd'], ['widget.example.com'], ['Widget.example.com']])(
  'get %s prints the columns of the server',
  async (kind) => {
    const { code, out } = await api.run('get', kind)
    expect(code).toBe(0)
    expect(out).toMatch(/^NAME {3}SIZE {3}AGE\na {6}1 {6}\d+s\n$/)
  },
)

test('a name that two groups have is told', async () => {
  const { out, err } = await api.run('get', 'widgets')
  expect(out).toContain('NAME')
  expect(err).toBe('Shown are widgets.example.com; there are also widgets.other.com.\n')
})

test('all namespaces, all columns and labels', async () => {
  const all = await api.run('get', 'wd', '-A', '-o', 'wide')
  expect(all.out).toMatch(/^NAMESPACE +NAME +SIZE +COLOUR +AGE\ndefault +a +1 +red +\d+s\n/)
  expect(all.out).toMatch(/\ngloo-system +longer +2 +red/)
  const some = await api.run('get', 'wd', '-A', '-l', 'size=2', '-o', 'name')
  expect(some.out).toBe('widget.example.com/longer\n')
})

test('one object comes as YAML, several as a List', async () => {
  const one = await api.run('get', 'wd', 'longer', '-n', 'gloo-system', '-o', 'yaml')
  expect(one.out).toContain('kind: Widget\n')
  expect(one.out).toContain('  name: longer\n')
  expect(one.out).not.toContain('managedFields')
  const list = JSON.parse((await api.run('get', 'wd', '-A', '-o', 'json')).out)
  expect(list).toMatchObject({ apiVersion: 'v1', kind: 'List', items: [{}, {}] })
})

test('what is not there is told in words', async () => {
  expect((await api.run('get', 'gizmo')).err).toBe(
    'sluice: the server has no kind "gizmo"; "sluice get" lists those it has\n',
  )
  expect((await api.run('get', 'wd', 'b')).err).toBe('sluice: widgets.example.com "b" not found\n')
  const none = await api.run('get', 'secrets')
  expect(none).toEqual({ code: 0, out: '', err: 'No objects found.\n' })
  expect((await api.run('get', 'wd', '-o', 'xml')).err).toContain('xml is no output format')
  expect((await api.run('get', 'wd', 'a', '-A')).err).toContain('choose its namespace with -n')
})
