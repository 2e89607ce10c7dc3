import { isDeepStrictEqual } from 'node:util'
import type { KubeObject, ObjectMetadata } from '../../kube-object.ts'
import { type ApiContext, timestampOf } from '../api-context.ts'
import type { ServedKind } from '../kind-registry.ts'
import { conflictError, modifiedError } from '../status-error.ts'

const suffixLetters = 'bcdfghjklmnpqrstvwxz2456789'

/** The metadata that the server decides for a new object. */
export function withNewMetadata(
  { clock, createUid, random }: ApiContext,
  kind: ServedKind,
  object: KubeObject,
): KubeObject {
  const {
    resourceVersion: _,
    deletionTimestamp: _deletion,
    deletionGracePeriodSeconds: _grace,
    generation: _generation,
    ...metadata
  } = object.metadata
  const { name, generateName = '' } = metadata
  const generated = name === '' && generateName !== ''
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(generated && { name: generateName.slice(0, 58) + suffixOf(random) }),
      uid: createUid(),
      creationTimestamp: timestampOf(clock.now()),
      ...(hasGeneration(kind, object) && { generation: 1 }),
    },
  }
}

/** What an update may not change is as before; resourceVersion and uid, where given, must be the current ones. */
export function withKeptMetadata(
  kind: ServedKind,
  object: KubeObject,
  previous: KubeObject,
): KubeObject {
  const { uid, resourceVersion } = object.metadata
  const current = previous.metadata
  if (uid && uid !== current.uid) {
    const reason = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.uid ?? ''}`
    throw conflictError(kind.definition, current.name, reason)
  }
  if (resourceVersion && resourceVersion !== current.resourceVersion) {
    throw modifiedError(kind.definition, current.name)
  }
  const {
    generation: _,
    deletionTimestamp: _deletion,
    deletionGracePeriodSeconds: _grace,
    ...metadata
  } = object.metadata
  return { ...object, metadata: { ...metadata, ...keptMetadata(current) } }
}

function keptMetadata(current: ObjectMetadata): Partial<ObjectMetadata> {
  const names = [
    'uid',
    'resourceVersion',
    'creationTimestamp',
    'generateName',
    'generation',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
  ] as const
  return Object.fromEntries(
    names.filter((name) => current[name] !== undefined).map((name) => [name, current[name]]),
  )
}

/** Counts a change of what is asked for; status and metadata do not count. */
export function withGeneration(
  kind: ServedKind,
  object: KubeObject,
  previous: KubeObject,
): KubeObject {
  if (!hasGeneration(kind, object)) return object
  const isSame = isDeepStrictEqual(askedOf(kind, object), askedOf(kind, previous))
  const { generation = 1 } = previous.metadata
  return {
    ...object,
    metadata: { ...object.metadata, generation: isSame ? generation : generation + 1 },
  }
}

function isUnchanged(object: KubeObject, previous: KubeObject): boolean {
  return isDeepStrictEqual(withoutManagers(object), withoutManagers(previous))
}

/** Whether nothing changed, apart from when a manager last wrote: what the same write again comes to. */
export function isReapplied(object: KubeObject, previous: KubeObject): boolean {
  const isSame = isUnchanged(object, previous)
  return isSame && isDeepStrictEqual(managersWithoutTimes(object), managersWithoutTimes(previous))
}

function managersWithoutTimes({ metadata: { managedFields = [] } }: KubeObject): unknown {
  return managedFields.map(({ time: _, ...manager }) => manager)
}

function withoutManagers(object: KubeObject): unknown {
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** ConfigMap, Secret and their like have none. */
function hasGeneration({ definition, version }: ServedKind, object: KubeObject): boolean {
  return definition.group !== '' || version.statusSubresource || object['spec'] !== undefined
}

function askedOf({ version }: ServedKind, object: KubeObject): unknown {
  const { metadata: _, status, ...asked } = object
  return version.statusSubresource ? asked : { ...asked, status }
}

function suffixOf(random: () => number): string {
  const letters = Array.from({ length: 5 }, () => Math.floor(random() * suffixLetters.length))
  return letters.map((index) => suffixLetters[index]).join('')
}
