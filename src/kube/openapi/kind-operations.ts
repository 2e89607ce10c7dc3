import { groupVersionKind, type PublishedKind } from './kind-schemas.ts'

/** One HTTP method of one path, before it is written in the form of an OpenAPI version. */
export interface ApiOperation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  readonly operationId: string
  readonly description: string
  readonly action: 'get' | 'list' | 'post' | 'put' | 'patch' | 'delete' | 'deletecollection'
  readonly groupVersionKind: { group: string; version: string; kind: string }
  readonly query: readonly QueryParameter[]
  /** Schema name of the body; empty for a patch. */
  readonly body?: string
  readonly response: string
  /** Of a patch. */
  readonly patchTypes: readonly string[]
}

export interface QueryParameter {
  readonly name: string
  readonly type: 'string' | 'integer' | 'boolean'
  readonly description: string
}

export interface ApiPath {
  readonly path: string
  readonly pathParameters: readonly ('namespace' | 'name')[]
  readonly operations: readonly ApiOperation[]
}

const text = (name: string, description: string): QueryParameter => ({
  name,
  type: 'string',
  description,
})

const writeQuery: readonly QueryParameter[] = [
  text('dryRun', 'With "All" the request is checked and answered, and nothing is stored.'),
  text('fieldManager', 'The name of the client that the written fields are recorded for.'),
  text('fieldValidation', 'What unknown and duplicate fields are worth: Ignore, Warn or Strict.'),
]

const forceParameter: QueryParameter = {
  name: 'force',
  type: 'boolean',
  description: 'Takes over fields that another manager has applied.',
}

const listQuery: readonly QueryParameter[] = [
  { name: 'allowWatchBookmarks', type: 'boolean', description: 'Asks for bookmarks in a watch.' },
  text('continue', 'The continue token of the page before.'),
  text('fieldSelector', 'Selects objects by their fields.'),
  text('labelSelector', 'Selects objects by their labels.'),
  { name: 'limit', type: 'integer', description: 'The largest number of objects to answer.' },
  text('resourceVersion', 'The state to answer from.'),
  text('resourceVersionMatch', 'How resourceVersion is to be taken.'),
  { name: 'sendInitialEvents', type: 'boolean', description: 'Begins a watch with what exists.' },
  { name: 'timeoutSeconds', type: 'integer', description: 'When a watch ends.' },
  { name: 'watch', type: 'boolean', description: 'Answers changes as they happen.' },
]

const deleteQuery: readonly QueryParameter[] = [
  text('dryRun', 'With "All" the request is checked and answered, and nothing is deleted.'),
  { name: 'gracePeriodSeconds', type: 'integer', description: 'Seconds that it may take.' },
  text('propagationPolicy', 'What becomes of dependents: Orphan, Background or Foreground.'),
]

/** The paths of a kind in the order in which clients look for them. */
export function kindPaths(kind: PublishedKind): readonly ApiPath[] {
  const { definition, version } = kind
  const root =
    definition.group === '' ? `/api/${version.name}` : `/apis/${definition.group}/${version.name}`
  const namespaced = definition.scope === 'Namespaced'
  const scope = namespaced ? `${root}/namespaces/{namespace}` : root
  const parameters = namespaced ? (['namespace'] as const) : ([] as const)
  const item = `${scope}/${definition.plural}/{name}`
  const subresources = [
    ...(version.statusSubresource ? ['status'] : []),
    ...(version.scaleSubresource ? ['scale'] : []),
  ]
  const collection = collectionOperations(kind)
  return [
    { path: `${scope}/${definition.plural}`, pathParameters: parameters, operations: collection },
    { path: item, pathParameters: [...parameters, 'name'], operations: itemOperations(kind) },
    ...subresources.map((subresource) => ({
      path: `${item}/${subresource}`,
      pathParameters: [...parameters, 'name'] as const,
      operations: subresourceOperations(kind, subresource),
    })),
    ...(namespaced
      ? [
          {
            path: `${root}/${definition.plural}`,
            pathParameters: [],
            operations: [operation(kind, 'list', 'AllNamespaces')],
          },
        ]
      : []),
  ]
}

function collectionOperations(kind: PublishedKind): readonly ApiOperation[] {
  return [operation(kind, 'list'), operation(kind, 'post'), operation(kind, 'deletecollection')]
}

function itemOperations(kind: PublishedKind): readonly ApiOperation[] {
  return (['get', 'put', 'patch', 'delete'] as const).map((action) => operation(kind, action))
}

function subresourceOperations(kind: PublishedKind, subresource: string): readonly ApiOperation[] {
  const suffix = subresource.charAt(0).toUpperCase() + subresource.slice(1)
  return (['get', 'put', 'patch'] as const).map((action) => operation(kind, action, suffix))
}

function operation(kind: PublishedKind, action: ApiOperation['action'], suffix = ''): ApiOperation {
  const { definition, version, schemaName } = kind
  const method = { list: 'get', deletecollection: 'delete' }[action as string] ?? action
  const group = definition.group.split('.')[0] || 'core'
  const publishesStrategicPatches =
    definition.unknownFields !== 'keep' && definition.takesStrategicPatches !== false
  return {
    method: method as ApiOperation['method'],
    action,
    operationId: [action, group, version.name, definition.kind, suffix].map(capitalize).join(''),
    description: `${action} ${definition.kind}${suffix === '' ? '' : ` (${suffix})`}`,
    groupVersionKind: groupVersionKind(kind),
    query: queryOf(action),
    ...(action === 'post' || action === 'put' ? { body: schemaName } : {}),
    response: action === 'list' ? `${schemaName}List` : schemaName,
    patchTypes: publishesStrategicPatches ? [...patchTypes, strategicType] : patchTypes,
  }
}

const patchTypes = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
]
/**
 * kubectl takes it for kinds that declare it; for those of vendors it has always sent merge patches, and those of
 * CustomResourceDefinitions take nothing else.
 */
const strategicType = 'application/strategic-merge-patch+json'

function queryOf(action: ApiOperation['action']): readonly QueryParameter[] {
  if (action === 'get') return []
  if (action === 'list') return listQuery
  if (action === 'delete') return deleteQuery
  if (action === 'deletecollection') return [...deleteQuery, ...listQuery]
  return action === 'patch' ? [...writeQuery, forceParameter] : writeQuery
}

function capitalize(word: string, index: number): string {
  return index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)
}
