import type { KindDefinition, KindVersion } from '../../kube/kind-definition.ts'
import type { KubeObject, ObjectReference } from '../../kube/kube-object.ts'
import type { Manifest } from '../../kube/manifests/read-manifests.ts'
import { groupOf } from '../../kube/object-key.ts'
import { customResourceDefinitionKind } from '../../kube/resources/custom/definition-kind.ts'
import { definitionSpecOf, toKindDefinition } from '../../kube/resources/custom/definition-spec.ts'
import { KindTable } from '../../kube/resources/kind-table.ts'
import { inStorageVersion } from '../../kube/resources/object-version.ts'
import { isJsonObject, type JsonObject } from '../../kube/schema/json-object.ts'
import type { KnownKinds, TranslatedStatus } from '../client-parts.ts'
import { inspectObject } from './inspect-object.ts'
import type { ObjectReport, Problem } from './report.ts'
import { findStatusProblems } from './status-problems.ts'

interface Checked {
  readonly report: ObjectReport
  /** In the storage version; undefined when it would be refused. */
  readonly accepted: KubeObject | undefined
}

/** Tells per object what a running Sluice would say to it and do with it, in the order of the files. */
export function checkManifests(
  manifests: readonly Manifest[],
  { kinds, translate }: KnownKinds,
): ObjectReport[] {
  const table = createKindTable(kinds, manifests)
  const places = new Map<string, string>()
  const checked = manifests.map((manifest) => checkOne(manifest, table, places))
  const objects = checked.flatMap(({ accepted }) => (accepted === undefined ? [] : [accepted]))
  const problems = groupProblems(translate(objects))
  return checked.map(({ report, accepted }) => {
    if (accepted === undefined) return report
    const { kind, metadata } = accepted
    const group = groupOf(accepted.apiVersion)
    const { name, namespace = '' } = metadata
    const found = problems.get(keyOf({ group, kind, namespace, name })) ?? []
    return { ...report, problems: [...report.problems, ...found] }
  })
}

/** The kinds of the program, and those that the files themselves define. */
function createKindTable(
  kinds: readonly KindDefinition[],
  manifests: readonly Manifest[],
): KindTable {
  const table = new KindTable([...kinds, customResourceDefinitionKind])
  for (const { object } of manifests) {
    const served = table.findByApiVersion(textOf(object, 'apiVersion'), textOf(object, 'kind'))
    if (served?.definition !== customResourceDefinitionKind) continue
    const definition = object as unknown as KubeObject
    const { problems, object: accepted } = inspectObject(
      served.definition,
      served.version,
      definition,
    )
    if (problems.some(({ severity }) => severity === 'error')) continue
    const spec = definitionSpecOf(accepted)
    const isBuiltIn = table.isBuiltIn(spec.group, spec.names.plural)
    if (!isBuiltIn) table.setCustom(accepted.metadata.name, toKindDefinition(spec))
  }
  return table
}

const keyOf = ({ group, kind, namespace, name }: ObjectReference) =>
  JSON.stringify([group, kind, namespace, name])

function groupProblems(statuses: readonly TranslatedStatus[]): Map<string, Problem[]> {
  const problems = new Map<string, Problem[]>()
  for (const { object, status } of statuses) {
    const key = keyOf(object)
    problems.set(key, [...(problems.get(key) ?? []), ...findStatusProblems(status)])
  }
  return problems
}

function checkOne(manifest: Manifest, table: KindTable, places: Map<string, string>): Checked {
  const { file, line, object } = manifest
  const apiVersion = textOf(object, 'apiVersion')
  const kindName = textOf(object, 'kind')
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {}
  const named = { apiVersion, kind: kindName, name: textOf(metadata, 'name') }
  const base = { file, line, ...named, namespace: textOf(metadata, 'namespace') }
  const refuse = (message: string): Checked => ({
    report: { ...base, fields: [], problems: [{ severity: 'error', field: '', message }] },
    accepted: undefined,
  })
  if (apiVersion === '' || kindName === '') {
    return refuse('apiVersion and kind are missing: every object needs both')
  }
  if (metadata !== object['metadata']) return refuse('metadata is missing, or is no object')
  const served = table.findByApiVersion(apiVersion, kindName)
  if (served === undefined) return refuse(unknownKind(apiVersion, kindName, table.list()))
  const { definition, version } = served
  const namespace = definition.scope === 'Cluster' ? '' : base.namespace || 'default'
  const placed = withNamespace(object, metadata, namespace)
  const result = inspectObject(definition, version, placed)
  const report: ObjectReport = { ...base, namespace, ...result }
  const isRefused = result.problems.some(({ severity }) => severity === 'error')
  const repeated = findRepetition(report, places)
  if (repeated !== undefined) return refuse(repeated)
  return {
    report,
    accepted: isRefused ? undefined : inStorageVersion(served, result.object),
  }
}

function withNamespace(object: JsonObject, metadata: JsonObject, namespace: string): KubeObject {
  const placed = namespace === '' ? metadata : { ...metadata, namespace }
  return { ...object, metadata: placed } as unknown as KubeObject
}

function textOf(object: JsonObject, field: string): string {
  const value = object[field]
  return typeof value === 'string' ? value : ''
}

function unknownKind(apiVersion: string, kind: string, known: readonly KindDefinition[]): string {
  const versionsOf = ({ group, versions }: KindDefinition) =>
    versions
      .filter((version: KindVersion) => version.served)
      .map(({ name }) => (group === '' ? name : `${group}/${name}`))
  const same = known.filter((definition) => definition.kind.toLowerCase() === kind.toLowerCase())
  const hints = same.flatMap((definition) =>
    versionsOf(definition).map((version) => `${definition.kind} of ${version}`),
  )
  const hint = hints.length === 0 ? '' : ` Did you mean ${hints.join(' or ')}?`
  return `Sluice does not know the kind ${kind} of ${apiVersion}.${hint}`
}

function findRepetition(report: ObjectReport, places: Map<string, string>): string | undefined {
  const { apiVersion, kind, namespace, name, file, line } = report
  const key = keyOf({ group: groupOf(apiVersion), kind, namespace, name })
  const known = places.get(key)
  if (known !== undefined && name !== '') {
    return `the same object stands at ${known}, too: only the last would count`
  }
  places.set(key, `${file}:${line}`)
  return undefined
}
