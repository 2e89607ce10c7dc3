import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { messageOf } from '../../lib/message-of.ts'
import { parseYamlDocuments } from '../../lib/yaml.ts'
import { isJsonObject, type JsonObject } from '../schema/json-object.ts'

/** An object of a file, not yet checked. */
export interface Manifest {
  /** Absolute. */
  readonly file: string
  /** Which document of the file, from 1, and where it begins. */
  readonly document: number
  readonly line: number
  readonly object: JsonObject
}

/** Something about a file that people should know. */
export interface ManifestProblem {
  readonly severity: 'error' | 'warning'
  readonly file: string
  readonly document?: number
  readonly line?: number
  /** Such as `Secret default/a`, when it is known. */
  readonly object?: string
  readonly message: string
}

export interface ReadManifests {
  readonly manifests: readonly Manifest[]
  readonly problems: readonly ManifestProblem[]
}

const manifestName = /^[^.].*\.(?:ya?ml|json)$/

/** Reads a file, or the `.yaml`, `.yml` and `.json` files of a folder and the folders in it. */
export function readManifests(path: string): ReadManifests {
  const root = resolve(path)
  const results: ReadManifests[] = []
  try {
    const files = statSync(root).isDirectory() ? filesIn(root) : [root]
    results.push(...files.map(readFile))
  } catch (error) {
    results.push({ manifests: [], problems: [unreadable(root, error)] })
  }
  return {
    manifests: results.flatMap(({ manifests }) => manifests),
    problems: results.flatMap(({ problems }) => problems),
  }
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true })
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name.startsWith('.') ? [] : filesIn(path)
    return manifestName.test(entry.name) ? [path] : []
  })
}

function readFile(file: string): ReadManifests {
  try {
    return parseManifests(file, readFileSync(file, 'utf8'))
  } catch (error) {
    return { manifests: [], problems: [unreadable(file, error)] }
  }
}

/** Reads the documents of a text; `file` is where it comes from. */
export function parseManifests(file: string, text: string): ReadManifests {
  const manifests: Manifest[] = []
  const problems: ManifestProblem[] = []
  for (const [index, { value, line, errors }] of parseYamlDocuments(text).entries()) {
    const place = { file, document: index + 1, line }
    const fail = (message: string) => problems.push({ ...place, severity: 'error', message })
    for (const message of errors) fail(message)
    if (errors.length > 0 || value === null || value === undefined) continue
    for (const object of objectsOf(value)) {
      if (isJsonObject(object)) manifests.push({ ...place, object })
      else fail('expected an object with apiVersion, kind and metadata')
    }
  }
  return { manifests, problems }
}

/** The objects of a List, at any depth of Lists; otherwise the value itself. */
function objectsOf(value: unknown): unknown[] {
  if (!isJsonObject(value)) return [value]
  const { kind, items } = value
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [value]
  return items.flatMap(objectsOf)
}

function unreadable(file: string, error: unknown): ManifestProblem {
  const message = messageOf(error)
  return { severity: 'error', file, message: `cannot be read: ${message}` }
}
