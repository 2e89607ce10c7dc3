import type { TSchema } from 'typebox'
import type { KindDefinition, Normalized, PrinterColumn } from '../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../kube/kube-object.ts'
import { isRecord } from '../../../lib/json/is-record.ts'
import { free, object, structural } from '../../field.ts'
import { createNormalizer } from '../schema/normalize.ts'
import { createPatchNormalizer } from '../schema/normalize-patch.ts'
import { controllerNamespace } from '../status/report.ts'

/** What differs between kinds of Gloo's APIs. */
export interface GlooKind extends Pick<KindDefinition, 'kind' | 'plural' | 'shortNames'> {
  /** Default `gloo.solo.io`. */
  readonly group?: string
  /** Default: the kind in small letters. */
  readonly singular?: string
  readonly description: string
  readonly spec: TSchema
  readonly columns?: readonly PrinterColumn[]
  /** Names of its annotations of Sluice's own. */
  readonly annotations?: readonly string[]
  /** Rewrites deprecated forms, and warns of what an operator should know. */
  readonly adjust?: (object: KubeObject) => Normalized
}

const status = structural(free('What Gloo’s controllers say, by their namespace.'))

/** A kind of a Gloo API: version v1, a status subresource, manifests as protobuf reads them, unknown fields kept. */
export function defineGlooKind(kind: GlooKind): KindDefinition {
  const { spec, ...whole } = { ...structural(object(kind.description, {})), spec: kind.spec }
  const schema = { ...whole, properties: { spec: structural(spec), status } }
  return {
    group: kind.group ?? 'gloo.solo.io',
    kind: kind.kind,
    plural: kind.plural,
    singular: kind.singular ?? kind.kind.toLowerCase(),
    shortNames: kind.shortNames,
    categories: ['gloo-gateway'],
    scope: 'Namespaced',
    unknownFields: 'keep',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema,
        columns: [...(kind.columns ?? []), ...statusColumns],
        statusSubresource: true,
      },
    ],
    normalize: createNormalizer(schema, (object) => adjust(kind, object)),
    normalizePatch: createPatchNormalizer(schema),
  }
}

function adjust({ kind, adjust: own, annotations = [] }: GlooKind, object: KubeObject): Normalized {
  const adjusted = own?.(object) ?? { object, warnings: [] }
  const names = Object.keys(object.metadata.annotations ?? {})
  const unknown = names.filter(
    (name) => name.startsWith('sluice.dev/') && !annotations.includes(name),
  )
  const known = annotations.length === 0 ? 'none' : annotations.join(', ')
  const warnings = unknown.map(
    (name) =>
      `metadata.annotations["${name}"]: not known, so it has no effect; known on the kind ${kind}: ${known}`,
  )
  return { object: adjusted.object, warnings: [...adjusted.warnings, ...warnings] }
}

/** What the controller made of an object, shown by `kubectl get`. */
const statusColumns: readonly PrinterColumn[] = [
  {
    name: 'State',
    type: 'string',
    description: 'Whether the object is served: Accepted, Warning, Rejected or Pending.',
    value: glooStateOf,
  },
  {
    name: 'Reason',
    type: 'string',
    description: 'Why it is not, or not all of it.',
    priority: 1,
    value: glooReasonOf,
  },
]

/** The state that the controller gave an object, in the present and the flat older form of status. */
export function glooStateOf(object: KubeObject): string | undefined {
  const state = ownStatusOf(object)?.['state']
  if (typeof state === 'number') return ['Pending', 'Accepted', 'Rejected', 'Warning'][state]
  return typeof state === 'string' ? state : undefined
}

/** On one line, as a cell of a table is. */
function glooReasonOf(object: KubeObject): string | undefined {
  const reason = ownStatusOf(object)?.['reason']
  return typeof reason === 'string' ? reason.trim().replaceAll(/\s+/g, ' ') : undefined
}

function ownStatusOf({ status }: KubeObject): Record<string, unknown> | undefined {
  if (!isRecord(status)) return undefined
  const statuses = isRecord(status['statuses']) ? status['statuses'] : {}
  const own = statuses[controllerNamespace]
  return isRecord(own) ? own : status
}
