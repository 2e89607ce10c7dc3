import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { KindDefinition } from '../../kube/kind-definition.ts'
import type { FieldVerdict } from '../../kube/structural-schema.ts'
import type { KnownKinds } from '../client-parts.ts'
import { looseKind, runCommand } from '../testing/start-api.ts'

const marked = (type: string, verdict: FieldVerdict) => ({ type, 'x-sluice-verdict': verdict })
const honoured: FieldVerdict = { type: 'honoured', test: 'a test' }

const widget: KindDefinition = {
  ...looseKind('example.com', 'v1', 'Widget'),
  versions: [
    {
      ...{ name: 'v1', served: true, storage: true, statusSubresource: false, columns: [] },
      schema: {
        type: 'object',
        properties: {
          spec: {
            type: 'object',
            properties: {
              parts: {
                type: 'array',
                items: {
                  type: 'object',
                  required: ['port'],
                  properties: {
                    name: marked('string', honoured),
                    port: { ...marked('integer', honoured), minimum: 1 },
                  },
                },
              },
              colour: marked('string', { type: 'ignored', reason: 'nobody sees it' }),
              size: marked('integer', { type: 'approximated', how: 'rounded', test: 'a test' }),
            },
          },
        },
      },
    },
  ],
  validate: ({ metadata }) =>
    metadata.name === 'forbidden'
      ? [{ type: 'forbidden', field: 'metadata.name', detail: 'choose another name' }]
      : [],
}

const strict: KindDefinition = {
  ...widget,
  ...{ group: '', kind: 'Strict', plural: 'stricts', singular: 'strict', unknownFields: 'refuse' },
}

const known: KnownKinds = {
  kinds: [widget, strict],
  describeListeners: () => [],
  translate: (objects) =>
    objects
      .filter(({ metadata }) => metadata.name === 'dangling')
      .map(({ kind, metadata: { name, namespace = '' } }) => ({
        object: { group: 'example.com', kind, namespace, name },
        status: {
          statuses: { 'gloo-system': { state: 'Rejected', reason: 'no upstream default.gone' } },
          conditions: [],
        },
      })),
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-check-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const check = (...parameters: string[]) =>
  runCommand(['check', ...parameters], {
    workingDirectory: folder,
    loadKinds: async () => known,
  })

const widgetText = (name: string, spec: string) =>
  `apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: ${name}}\nspec: ${spec}\n`

test('each field is listed with what is done with it', async () => {
  const spec = '{parts: [{name: a, port: 1}, {name: b, port: 2}], colour: red, size: 3, extra: 1}'
  writeFileSync(join(folder, 'a.yaml'), widgetText('a', spec))
  expect(await check('a.yaml')).toEqual({
    code: 0,
    err: '',
    out: `\
Widget default/a  (a.yaml:1)
  FIELD                VERDICT
  spec.parts[*].name   honoured
  spec.parts[*].port   honoured
  spec.colour          ignored        nobody sees it
  spec.size            approximated   rounded
  spec.extra           unknown        the kind has no such field; check its spelling and place

1 object, 0 errors, 0 warnings; fields: 4 honoured, 1 approximated, 1 ignored, 1 unknown
`,
  })
})

test('errors name object, field and what to do, and end with 1', async () => {
  writeFileSync(join(folder, 'a.yaml'), widgetText('a', '{parts: [{port: 0}, {port: x}, {}]}'))
  const { code, out } = await check('a.yaml')
  expect(code).toBe(1)
  expect(out).toContain('Widget default/a  (a.yaml:1)')
  expect(out).toContain('  error: spec.parts[0].port: Invalid value: 0: ')
  expect(out).toContain('  error: spec.parts[1].port: Invalid value: "string": ')
  expect(out).toContain('  error: spec.parts[2].port: Required value\n')
  expect(out).toContain('1 object, 3 errors, 0 warnings')
})

test('rules of kinds, references and names are checked as the server does', async () => {
  const texts = ['forbidden', 'dangling', 'Not_A_Name'].map((name) => widgetText(name, '{}'))
  writeFileSync(join(folder, 'a.yaml'), texts.join('---\n'))
  const { code, out } = await check('a.yaml')
  expect(code).toBe(1)
  expect(out).toContain('error: metadata.name: Forbidden: choose another name')
  expect(out).toMatch(
    /Widget default\/dangling {2}\(a\.yaml:6\)\n {2}error: no upstream default\.gone/,
  )
  expect(out).toMatch(/Not_A_Name.*\n {2}error: metadata\.name: Invalid value: "Not_A_Name"/)
})

test('what stands in a Secret is never printed', async () => {
  const head = (name: number) => `apiVersion: v1\nkind: Secret\nmetadata: {name: s${name}}\n`
  const bad = ['data: {key: "sk plain!"}', 'stringData: sk plain!', 'data: [sk plain!]']
  writeFileSync(
    join(folder, 'a.yaml'),
    bad.map((part, index) => `${head(index)}${part}\n`).join('---\n'),
  )
  const field = (format?: string) => ({
    ...{ type: 'object' },
    additionalProperties: { type: 'string', ...(format === undefined ? {} : { format }) },
  })
  const schema = { type: 'object', properties: { data: field('byte'), stringData: field() } }
  const secret: KindDefinition = {
    ...looseKind('', 'v1', 'Secret'),
    versions: widget.versions.map((version) => ({ ...version, schema })),
  }
  const { out } = await runCommand(['check', 'a.yaml'], {
    workingDirectory: folder,
    loadKinds: async () => ({ ...known, kinds: [secret] }),
  })
  expect(out).toContain('error: data.key: must be text in base64')
  expect(out).toContain('error: stringData: must hold text for each key')
  expect(out).not.toContain('sk plain')
})

test('an unknown field is an error where the kind refuses it', async () => {
  const text = 'apiVersion: v1\nkind: Strict\nmetadata: {name: a}\nspec: {colr: red}\n'
  writeFileSync(join(folder, 'a.yaml'), text)
  const { code, out } = await check('a.yaml')
  expect(code).toBe(1)
  expect(out).toContain(
    'error: spec.colr: the kind has no such field; check its spelling and place, or remove it (did you mean "colour"?)',
  )
})

test('unknown kinds and versions are errors with a hint', async () => {
  const text = widgetText('a', '{}').replace('example.com/v1', 'example.com/v2')
  writeFileSync(join(folder, 'a.yaml'), `${text}---\nspec: {}\n---\nkind: Nope\napiVersion: v1\n`)
  const { code, out } = await check('a.yaml')
  expect(code).toBe(1)
  expect(out).toContain(
    'Sluice does not know the kind Widget of example.com/v2. Did you mean Widget of example.com/v1?',
  )
  expect(out).toContain('apiVersion and kind are missing')
  expect(out).toContain('metadata is missing, or is no object')
})

test('an object that stands twice is an error at its second place', async () => {
  mkdirSync(join(folder, 'more'))
  writeFileSync(join(folder, 'a.yaml'), widgetText('a', '{}'))
  writeFileSync(join(folder, 'more', 'b.yml'), widgetText('a', '{}'))
  const { code, out } = await check('a.yaml', 'more')
  expect(code).toBe(1)
  expect(out).toMatch(/\(more\/b\.yml:1\)\n {2}error: the same object stands at .*a\.yaml:1/)
})

test('a kind that the files define is checked by its own schema', async () => {
  const schema =
    '{type: object, properties: {spec: {type: object, properties: {a: {type: integer}}}}}'
  const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.test.io}
spec:
  group: test.io
  scope: Namespaced
  names: {plural: gadgets, kind: Gadget}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: ${schema}}}
---
apiVersion: test.io/v1
kind: Gadget
metadata: {name: a}
spec: {a: text}
`
  writeFileSync(join(folder, 'a.yaml'), definition)
  const { code, out } = await check('a.yaml')
  expect(code).toBe(1)
  expect(out).toContain('spec.a in body must be of type integer')
})

test('files that cannot be read and broken YAML are told with their place', async () => {
  writeFileSync(join(folder, 'a.yaml'), 'a: [\n')
  writeFileSync(join(folder, 'b.yaml'), `${widgetText('b', '{}')}---\n- 1\n`)
  const { code, out } = await check('a.yaml', 'missing.yaml', 'b.yaml')
  expect(code).toBe(1)
  expect(out).toMatch(/^a\.yaml:1\n {2}error: line \d/)
  expect(out).toContain('missing.yaml\n  error: cannot be read: ENOENT')
  expect(out).toMatch(/b\.yaml:\d\n {2}error: expected an object with apiVersion/)
  expect(out).toContain('Widget default/b')
})

test('standard input is read, and the report comes as JSON', async () => {
  const { code, out } = await runCommand(['check', '-', '-o', 'json'], {
    workingDirectory: folder,
    loadKinds: async () => known,
    readStandardInput: async () => widgetText('a', '{size: 3}'),
  })
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({
    summary: { objects: 1, errors: 0, approximated: 1 },
    objects: [
      {
        ...{ file: 'standard input', kind: 'Widget', namespace: 'default', name: 'a' },
        fields: [{ path: 'spec.size', verdict: 'approximated', detail: 'rounded' }],
      },
    ],
  })
})

test('nothing to check is an error', async () => {
  writeFileSync(join(folder, 'a.yaml'), '---\n')
  const { code, err } = await check('a.yaml')
  expect({ code, err }).toEqual({ code: 1, err: 'sluice: a.yaml: there is no object to check\n' })
})
