import type { KindRegistry, ServedKind } from '../../resources/kind-registry.ts'
import { pathNotFoundError } from '../../resources/status-error.ts'

/** What a path below `/api/v1` or `/apis/<group>/<version>` names. */
export interface ResourcePath {
  readonly kind: ServedKind
  /** Empty for all namespaces and for cluster-scoped kinds. */
  readonly namespace: string
  /** Empty for the whole collection. */
  readonly name: string
  /** Empty for the object itself. */
  readonly subresource: string
}

/** The decoded segments of a path; throws for what is no sensible path. */
export function splitPath(pathname: string): readonly string[] {
  const segments = pathname.slice(1).split('/')
  if (segments.at(-1) === '') segments.pop()
  return segments.map((segment) => {
    const decoded = decodeSegment(segment)
    // Names never hold these, and what differs from its normal form must not reach another object.
    if (decoded === '' || decoded === '.' || decoded === '..' || decoded.includes('/')) {
      throw pathNotFoundError()
    }
    return decoded
  })
}

/** Finds the resource that a path names; throws where the server has no such resource. */
export function findResource(segments: readonly string[], kinds: KindRegistry): ResourcePath {
  const isCore = segments[0] === 'api'
  const [group = '', version = ''] = isCore ? ['', segments[1]] : segments.slice(1, 3)
  const rest = segments.slice(isCore ? 2 : 3)
  const isNamespaced = rest[0] === 'namespaces' && rest.length > 2 && !isSubresource(rest)
  const namespace = isNamespaced ? (rest[1] ?? '') : ''
  const [plural = '', name = '', subresource = '', ...beyond] = isNamespaced ? rest.slice(2) : rest
  const kind = kinds.find(group, version, plural)
  if (!kind || beyond.length > 0) throw pathNotFoundError()
  const isClusterScoped = kind.definition.scope === 'Cluster'
  // One object of a namespaced kind is only found in its namespace.
  if (isClusterScoped ? isNamespaced : name !== '' && !isNamespaced) throw pathNotFoundError()
  return { kind, namespace, name, subresource }
}

/** `namespaces/<name>/status` is about the namespace itself; anything else in its place is a resource inside. */
function isSubresource(rest: readonly string[]): boolean {
  return rest.length === 3 && (rest[2] === 'status' || rest[2] === 'finalize')
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw pathNotFoundError()
  }
}
