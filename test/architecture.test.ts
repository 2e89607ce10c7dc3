import { globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { describe, expect, test } from 'vitest'

/** What each folder of src/ may import, besides itself. A folder not named here fails the test. */
const mayImport: Record<string, readonly string[]> = {
  lib: [],
  errors: [],
  ir: [],
  llm: ['errors', 'lib'],
  protocols: ['errors', 'lib', 'llm'],
  providers: ['errors', 'ir', 'lib', 'llm', 'protocols'],
  limits: ['lib'],
  vectors: ['lib'],
  extproc: ['lib'],
  picker: ['ir', 'lib'],
  usage: ['lib', 'llm'],
  telemetry: ['lib'],
  policies: ['errors', 'extproc', 'ir', 'lib', 'limits', 'llm', 'vectors'],
  cli: ['kube', 'lib', 'simulator'],
  kube: ['lib'],
  dialects: ['ir', 'kube', 'lib'],
  link: ['ir', 'lib'],
  control: ['dialects', 'ir', 'kube', 'lib', 'link', 'telemetry'],
  snapshot: [
    ...['errors', 'ir', 'lib', 'limits', 'llm', 'policies', 'protocols', 'providers', 'vectors'],
  ],
  gateway: [
    ...['errors', 'extproc', 'ir', 'lib', 'limits', 'link', 'llm', 'picker', 'policies'],
    ...['protocols', 'providers', 'snapshot', 'telemetry', 'usage'],
  ],
  admin: ['kube', 'lib', 'link', 'telemetry', 'usage'],
  local: ['kube', 'lib', 'simulator'],
  simulator: ['lib'],
}

/** Folders whose subfolders are alternatives of each other and so never import one another. */
const siblingsApart = ['dialects', 'policies', 'protocols', 'providers']

/** What stands among them for all of them. */
const forAllSiblings = ['shared', 'testing']

/** The exceptions among dialects: what several of them are built on. */
const mayImportSibling: Record<string, readonly string[]> = {
  'gateway-api': ['core'],
  'gloo-core': ['core'],
  'gloo-edge': ['core', 'gloo-core'],
  'gloo-gateway': ['core', 'gateway-api', 'gloo-core'],
}

/** The composition roots construct and connect everything; nothing else may import everything. */
const compositionRoots = ['main.ts', 'serve', 'worker.ts', 'gateway-thread.ts']
const isCompositionRoot = (file: string) => compositionRoots.includes(file.split(sep)[0] ?? '')

const src = resolve(import.meta.dirname, '../src')
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
)
const sources = files.filter((file) => !/\.(test|conformance)\.ts$|\/testing\//.test(file))
const importPattern =
  /^(?:import|export)\b[^'"]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm

function specifiersOf(file: string): string[] {
  const source = readFileSync(join(src, file), 'utf8')
  return [...source.matchAll(importPattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

function importsOf(file: string): string[] {
  return specifiersOf(file)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => relative(src, resolve(src, file, '..', specifier)))
}

function siblingAllowed(layer: string, part: string, targetPart: string): boolean {
  if (!siblingsApart.includes(layer) || part.endsWith('.ts')) return true
  if ([part, ...forAllSiblings].includes(targetPart) || targetPart.endsWith('.ts')) return true
  return layer === 'dialects' && (mayImportSibling[part] ?? []).includes(targetPart)
}

describe('the import table', () => {
  test.each(files.filter((file) => !isCompositionRoot(file)))(
    '%s imports only what its folder may',
    (file) => {
      const [layer = '', part = ''] = file.split(sep)
      for (const target of importsOf(file)) {
        const [targetLayer = '', targetPart = ''] = target.split(sep)
        if (targetLayer === layer) {
          expect(siblingAllowed(layer, part, targetPart), `imports its sibling ${target}`).toBe(
            true,
          )
        } else {
          expect(mayImport[layer], `${file} imports ${target}`).toContain(targetLayer)
        }
      }
    },
  )

  test('names every folder of src', () => {
    const folders = readdirSync(src, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !isCompositionRoot(entry.name))
      .map((entry) => entry.name)
    expect(Object.keys(mayImport)).toEqual(expect.arrayContaining(folders))
  })
})

describe('folders beside one another', () => {
  /** Known ones: the life of a request, and Gateways with the routes that they take. */
  const circular = ['gateway', join('dialects', 'gateway-api', 'translate')]

  /** By folder, what each of its subfolders imports of the others. */
  const importsByFolder = new Map<string, Map<string, Set<string>>>()
  for (const file of sources) {
    for (const target of importsOf(file)) noteImport(dirname(file), dirname(target))
  }

  function noteImport(from: string, to: string): void {
    const [left, right] = [from.split(sep), to.split(sep)]
    const depth = left.findIndex((name, index) => name !== right[index])
    const [importer, imported] = [left[depth], right[depth]]
    if (importer === undefined || imported === undefined) return
    const folder = left.slice(0, depth).join(sep)
    const imports = importsByFolder.get(folder) ?? new Map<string, Set<string>>()
    importsByFolder.set(folder, imports)
    imports.set(importer, (imports.get(importer) ?? new Set()).add(imported))
  }

  function isCircular(imports: ReadonlyMap<string, ReadonlySet<string>>): boolean {
    const reaches = (start: string) => {
      const seen = new Set(imports.get(start))
      for (const name of seen) for (const next of imports.get(name) ?? []) seen.add(next)
      return seen
    }
    return [...imports.keys()].some((name) => reaches(name).has(name))
  }

  test('import one another one way', () => {
    const found = [...importsByFolder].filter(([, imports]) => isCircular(imports))
    expect(found.map(([folder]) => folder).sort()).toEqual(circular.sort())
  })
})

/** Where each dependency comes in: whoever else needs what it does goes through that door. */
const doors: Readonly<Record<string, string>> = {
  '@peculiar/x509': 'lib/',
  '@smithy/eventstream-codec': 'protocols/bedrock-converse/event-stream/',
  '@smithy/signature-v4': 'providers/bedrock/',
  commander: 'cli/',
  'gpt-tokenizer': 'simulator/generation/',
  ioredis: 'limits/redis/',
  'libphonenumber-js': 'policies/prompt-guard/detectors/',
  re2js: 'lib/regex/',
  tldts: 'policies/prompt-guard/detectors/',
  typebox: 'dialects/',
  undici: 'gateway/upstream/',
  yaml: 'lib/yaml.ts',
}

describe('every dependency has one door', () => {
  test.each(sources)('%s imports only those whose door it stands behind', (file) => {
    for (const specifier of specifiersOf(file)) {
      if (/^[.]|^node:/.test(specifier)) continue
      const name = /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier
      const door = doors[name]
      expect(door, `${name} has no door; name one`).toBeDefined()
      expect(
        file
          .split(sep)
          .join('/')
          .startsWith(door ?? ''),
        `${name}: use ${door}`,
      ).toBe(true)
    }
  })
})

describe('the time to start', () => {
  /** Modules that cost tens of milliseconds in every start or thread, and where the light way in stands. */
  const heavy: Record<string, string> = {
    typebox: join('dialects', 'type.ts'),
    undici: join('gateway', 'upstream', 'undici.ts'),
    'node:http': join('lib', 'http', 'node-http.ts'),
  }
  const valueImport = /^import (?!type )[^'"]*?from '([^']+)'/gm

  test.each(files.filter((file) => !/\.test\.ts$|\btesting\b/.test(file)))(
    '%s loads no module that has a lighter way in',
    (file) => {
      const source = readFileSync(join(src, file), 'utf8')
      for (const [, name = ''] of source.matchAll(valueImport)) {
        expect(heavy[name], `${file} imports values of ${name}; see the file named here`).toBe(
          undefined,
        )
      }
    },
  )
})

describe('folder shapes', () => {
  const shapes = [
    ['policies', ['README.md', 'index.ts']],
    ['dialects', ['README.md', 'index.ts']],
    ['protocols', ['README.md', 'index.ts']],
  ] as const
  test.each(shapes)('every folder of src/%s has the same shape', (layer, expected) => {
    for (const entry of readdirSync(join(src, layer), { withFileTypes: true })) {
      if (!entry.isDirectory() || forAllSiblings.includes(entry.name)) continue
      const names = readdirSync(join(src, layer, entry.name))
      expect(names, `src/${layer}/${entry.name}`).toEqual(expect.arrayContaining([...expected]))
    }
  })
})

describe('folder sizes', () => {
  const sources = globSync('{bench,scripts,src,test}/**/*.{ts,mjs}', {
    cwd: resolve(src, '..'),
    exclude: ['**/node_modules', '**/*.test.ts'],
  })
  const filesByFolder = Map.groupBy(sources, (file) => dirname(file))

  test.each([...filesByFolder])('%s has at most 12 files beside tests', (_, ofFolder) => {
    expect(ofFolder.length, 'split the folder by noun').toBeLessThanOrEqual(12)
  })
})

describe('file sizes', () => {
  test.each(files)('%s has at most 400 lines', (file) => {
    expect(readFileSync(join(src, file), 'utf8').split('\n').length).toBeLessThanOrEqual(401)
  })
})
