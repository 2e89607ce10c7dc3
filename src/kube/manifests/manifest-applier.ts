import { resolve, sep } from 'node:path'
import type { KubeObject } from '../kube-object.ts'
import type { ServedKind } from '../resources/kind-registry.ts'
import type { ObjectTarget, ResourceApi } from '../resources/resource-api.ts'
import { ApiError } from '../resources/status-error.ts'
import { isJsonObject } from '../schema/json-object.ts'
import { type Manifest, type ManifestProblem, readManifests } from './read-manifests.ts'

const fieldManager = 'sluice-manifests'
/** Names the file that an object was applied from; only objects with it are pruned. */
const fileAnnotation = 'sluice/manifest-file'

/** Applies what stands in files, and deletes what no longer does. */
export class ManifestApplier {
  readonly #api: ResourceApi
  readonly #paths: readonly string[]

  /** `paths` are files and folders. */
  constructor(api: ResourceApi, paths: readonly string[]) {
    this.#api = api
    this.#paths = paths.map((path) => resolve(path))
  }

  /** Brings the objects to what the files say now. A problem of one document stops no other. */
  apply(): readonly ManifestProblem[] {
    const read = this.#paths.map(readManifests)
    const problems = read.flatMap((result) => result.problems)
    const manifests = read.flatMap((result) => result.manifests)
    const applied = new Set<string>()
    const broken = new Set(problems.map(({ file }) => file))
    for (const manifest of manifests.toSorted((a, b) => rankOf(a) - rankOf(b))) {
      const result = this.#applyOne(manifest)
      problems.push(...result.problems)
      if (result.key === undefined) broken.add(manifest.file)
      else applied.add(result.key)
    }
    problems.push(...this.#prune(applied, broken))
    return problems
  }

  #applyOne(manifest: Manifest): { key: string | undefined; problems: ManifestProblem[] } {
    const { file, document, line, object } = manifest
    const place = { file, document, line, object: describe(object) }
    const name = nameOf(object, 'name')
    try {
      const kind = this.#findKind(object)
      const isCluster = kind.definition.scope === 'Cluster'
      const namespace = isCluster ? '' : nameOf(object, 'namespace') || 'default'
      if (name === '')
        return { key: undefined, problems: [problem(place, 'metadata.name is missing')] }
      const target = { kind, namespace, name }
      const { warnings } = this.#api.apply({
        ...target,
        fieldManager,
        force: true,
        fieldValidation: 'Strict',
        patch: withFile(object, file),
      })
      return {
        key: keyOf(target),
        problems: warnings.map((message) => ({ ...place, severity: 'warning', message })),
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return { key: undefined, problems: [problem(place, error.message)] }
    }
  }

  #findKind({ apiVersion, kind }: { apiVersion?: unknown; kind?: unknown }): ServedKind {
    if (typeof apiVersion !== 'string' || typeof kind !== 'string') {
      throw new ApiError(400, 'BadRequest', 'apiVersion and kind are missing')
    }
    const found = this.#api.kinds.findByApiVersion(apiVersion, kind)
    if (found !== undefined) return found
    const message = `no matches for kind "${kind}" in version "${apiVersion}": apply its CustomResourceDefinition first`
    throw new ApiError(404, 'NotFound', message)
  }

  /** Files that could not be read as a whole lose nothing: they may be about to be saved. */
  #prune(applied: ReadonlySet<string>, broken: ReadonlySet<string>): ManifestProblem[] {
    const problems: ManifestProblem[] = []
    for (const definition of this.#api.kinds.list()) {
      const version = definition.versions.find((candidate) => candidate.served)
      if (version === undefined) continue
      const kind = { definition, version }
      for (const object of this.#api.list({ kind, namespace: '' }).items) {
        const file = object.metadata.annotations?.[fileAnnotation]
        if (file === undefined || !this.#isOurs(file, broken)) continue
        const { namespace = '', name } = object.metadata
        const target = { kind, namespace, name }
        if (!applied.has(keyOf(target))) problems.push(...this.#deleteOne(target, object, file))
      }
    }
    return problems
  }

  #deleteOne(target: ObjectTarget, object: KubeObject, file: string): ManifestProblem[] {
    try {
      this.#api.delete({ ...target, propagationPolicy: 'Background' })
      return []
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.status.code === 404) return []
      return [problem({ file, object: describe(object) }, error.message)]
    }
  }

  #isOurs(file: string, broken: ReadonlySet<string>): boolean {
    const isUnder = (path: string) => file === path || file.startsWith(path + sep)
    // A root that cannot be read is broken itself.
    const isBroken = [...broken].some((path) => file === path || file.startsWith(path + sep))
    return this.#paths.some(isUnder) && !isBroken
  }
}

/** Namespaces and kinds come before what needs them. */
function rankOf({ object }: Manifest): number {
  if (object['kind'] === 'Namespace') return 0
  return object['kind'] === 'CustomResourceDefinition' ? 1 : 2
}

function withFile(object: Manifest['object'], file: string) {
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {}
  const annotations = isJsonObject(metadata['annotations']) ? metadata['annotations'] : {}
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...annotations, [fileAnnotation]: file } },
  }
}

function nameOf({ metadata }: { metadata?: unknown }, field: string): string {
  const name = isJsonObject(metadata) ? metadata[field] : undefined
  return typeof name === 'string' ? name : ''
}

function describe(object: { kind?: unknown; metadata?: unknown }): string {
  const names = [nameOf(object, 'namespace'), nameOf(object, 'name')].filter((name) => name !== '')
  return `${typeof object.kind === 'string' ? object.kind : 'object'} ${names.join('/')}`.trim()
}

function keyOf({ kind: { definition }, namespace, name }: ObjectTarget): string {
  return JSON.stringify([definition.group, definition.kind, namespace, name])
}

function problem(place: Omit<ManifestProblem, 'severity' | 'message'>, message: string) {
  return { ...place, severity: 'error' as const, message }
}
