import { posix } from 'node:path'
import type { KubeObject } from '../../../kube/kube-object.ts'
import type { ObjectSource } from '../../../kube/object-source.ts'
import {
  type Container,
  configMapKind,
  secretKind,
  type Volume,
  type VolumeItem,
  volumesOf,
} from '../objects.ts'

/** A container, and where its volumes come from. */
export interface MountContext {
  readonly container: Container
  readonly pod: KubeObject
  readonly source: ObjectSource
}

/** Reads a file of a Secret or ConfigMap that a container mounts, as it is now. */
export function readMountedFile(path: string, context: MountContext): string {
  const { container, pod } = context
  for (const { name, mountPath } of container.volumeMounts ?? []) {
    const file = posix.relative(mountPath, path)
    if (file === '' || file.startsWith('..')) continue
    const volume = volumesOf(pod).find((each) => each.name === name)
    if (volume !== undefined) return readVolume(volume, file, context)
  }
  throw new Error(`Container "${container.name}" mounts nothing at ${path}.`)
}

function readVolume({ name, secret, configMap }: Volume, file: string, context: MountContext) {
  if (secret !== undefined) {
    const { object, data } = findData(secretKind, secret.secretName ?? '', context)
    const value = data[keyOf(file, secret.items)]
    if (value === undefined) throw missingFile(file, object)
    return Buffer.from(value, 'base64').toString()
  }
  if (configMap !== undefined) {
    const { object, data } = findData(configMapKind, configMap.name ?? '', context)
    const value = data[keyOf(file, configMap.items)]
    if (value === undefined) throw missingFile(file, object)
    return value
  }
  throw new Error(`Volume "${name}" is neither a Secret nor a ConfigMap; no other is mounted here.`)
}

const keyOf = (file: string, items: readonly VolumeItem[] | undefined) =>
  items === undefined ? file : (items.find(({ path }) => path === file)?.key ?? '')

const missingFile = (file: string, object: string) =>
  new Error(`${object} has no key for the mounted file "${file}".`)

function findData(
  kind: typeof secretKind | typeof configMapKind,
  name: string,
  { pod, source }: MountContext,
): { readonly object: string; readonly data: Readonly<Record<string, string | undefined>> } {
  const namespace = pod.metadata.namespace ?? ''
  const object = `${kind.kind} ${namespace}/${name}`
  const found = source.get({ ...kind, namespace, name })
  if (found === undefined) throw new Error(`${object}, which a volume names, does not exist.`)
  return { object, data: (found['data'] ?? {}) as Record<string, string> }
}
