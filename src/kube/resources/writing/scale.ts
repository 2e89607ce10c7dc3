import type { KubeObject } from '../../kube-object.ts'
import type { ServedKind } from '../kind-registry.ts'
import { badRequestError, pathNotFoundError } from '../status-error.ts'

/** The `scale` subresource of an object (autoscaling/v1). */
export function toScale(kind: ServedKind, object: KubeObject): KubeObject {
  const paths = kind.version.scaleSubresource
  if (paths === undefined) throw pathNotFoundError()
  const { managedFields: _, ...metadata } = object.metadata
  const selector = paths.labelSelectorPath && readPath(object, paths.labelSelectorPath)
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata,
    spec: { replicas: readPath(object, paths.specReplicasPath) ?? 0 },
    status: {
      replicas: readPath(object, paths.statusReplicasPath) ?? 0,
      ...(typeof selector === 'string' && { selector }),
    },
  }
}

/** The object with the number of replicas that a Scale asks for. */
export function withScale(kind: ServedKind, object: KubeObject, scale: KubeObject): KubeObject {
  const paths = kind.version.scaleSubresource
  if (paths === undefined) throw pathNotFoundError()
  const replicas = readPath(scale, '.spec.replicas') ?? 0
  if (typeof replicas !== 'number' || !Number.isInteger(replicas) || replicas < 0) {
    throw badRequestError('spec.replicas of a Scale must be an integer of 0 or more')
  }
  const { resourceVersion } = scale.metadata
  const scaled = withPath(object, partsOf(paths.specReplicasPath), replicas) as KubeObject
  if (resourceVersion === undefined) return scaled
  return { ...scaled, metadata: { ...scaled.metadata, resourceVersion } }
}

function partsOf(path: string): string[] {
  return path.split('.').filter((part) => part !== '')
}

function readPath(object: unknown, path: string): unknown {
  let value = object
  for (const part of partsOf(path)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = Reflect.get(value, part)
  }
  return value
}

function withPath(value: unknown, [part, ...rest]: string[], leaf: unknown): unknown {
  if (part === undefined) return leaf
  const fields = typeof value === 'object' && value !== null ? value : {}
  return { ...fields, [part]: withPath(Reflect.get(fields, part), rest, leaf) }
}
