import type { KubeObject } from '../../kube-object.ts'
import type { StructuralSchema } from '../../structural-schema.ts'
import { trackUpdate, type UpdateToTrack } from '../track-update.ts'

const scalar: StructuralSchema = { type: 'string' }
/** Fields of every way in which lists and maps are owned. */
export const schema: StructuralSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        replicas: { type: 'integer' },
        image: scalar,
        labels: { type: 'object', additionalProperties: scalar },
        whole: {
          type: 'object',
          'x-kubernetes-map-type': 'atomic',
          additionalProperties: scalar,
        },
        hosts: { type: 'array', 'x-kubernetes-list-type': 'set', items: scalar },
        routes: { type: 'array', items: scalar },
        ports: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['port', 'protocol'],
          items: {
            type: 'object',
            properties: {
              port: { type: 'integer' },
              protocol: { type: 'string', default: 'TCP' },
              name: scalar,
            },
          },
        },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
    status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
}

export const now = new Date('2026-11-20T10:00:00Z')
export const later = new Date('2026-11-20T11:00:00Z')

/** The object `a` with this spec. */
export function object(
  spec: Record<string, unknown>,
  rest: Record<string, unknown> = {},
): KubeObject {
  const metadata = { name: 'a', namespace: 'n' }
  return { apiVersion: 'x/v1', kind: 'A', metadata, spec, ...rest }
}

/** The object after a write by anything but apply. */
export function update(
  live: KubeObject | undefined,
  updated: KubeObject,
  options: Partial<UpdateToTrack> = {},
): KubeObject {
  const defaults = { manager: 'editor', schema, apiVersion: 'x/v1', now }
  return trackUpdate({ ...defaults, live, updated, ...options })
}

/** The object after its spec was replaced. */
export function edit(
  live: KubeObject,
  spec: Record<string, unknown>,
  manager = 'editor',
): KubeObject {
  return update(live, { ...live, spec }, { manager })
}

/** Which fields each manager owns. */
export function ownersOf(of: KubeObject): Record<string, unknown> {
  const entries = (of.metadata.managedFields ?? []).map(
    (entry) => [`${entry.manager}/${entry.operation}`, entry.fieldsV1] as const,
  )
  return Object.fromEntries(entries)
}
