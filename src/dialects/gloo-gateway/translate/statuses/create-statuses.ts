import type { KindDefinition } from '../../../../kube/kind-definition.ts'
import type { GroupKind, KubeObject } from '../../../../kube/kube-object.ts'
import type { ObjectStatus } from '../../../dialect.ts'
import { containFailure } from '../../../gateway-api/translate/contain-failure.ts'
import {
  httpListenerOptionKind,
  listenerOptionKind,
  routeOptionKind,
  virtualHostOptionKind,
} from '../../../gloo-core/kinds/option-kinds.ts'
import type { Scope } from '../../../gloo-core/options/source.ts'
import {
  createGlooStatus,
  createObjectStatus,
  type GlooReport,
} from '../../../gloo-core/status/report.ts'
import { warningsOfUnknownFields } from '../../../gloo-core/status/unknown-fields.ts'
import {
  type Attachments,
  findTargetError,
  type TargetReference,
  targetKindOf,
} from '../attachments.ts'
import { readListenerLogs } from '../listeners/listener-logs.ts'
import {
  checkHttpListenerOption,
  checkRouteOption,
  checkVirtualHostOption,
} from './check-options.ts'
import { type Conflicts, findConflicts } from './conflicts.ts'
import type { Findings } from './findings.ts'
import { OptionReferences } from './option-references.ts'

type Check = (scope: Scope, object: KubeObject) => GlooReport

const checks: readonly (readonly [KindDefinition, Check])[] = [
  [routeOptionKind, checkRouteOption],
  [virtualHostOptionKind, checkVirtualHostOption],
  [listenerOptionKind, readListenerLogs],
  [httpListenerOptionKind, checkHttpListenerOption],
]

/** The kinds whose statuses are written here. */
export const reportedKinds: readonly GroupKind[] = checks.map(([{ group, kind }]) => ({
  group,
  kind,
}))

/** What is to be said of an object that could not be read at all. */
const unreadable = (text: string): GlooReport => ({ errors: [text], warnings: [] })

function findTargetWarnings(
  { source }: Scope,
  kind: GroupKind,
  object: KubeObject,
  references: OptionReferences,
): readonly string[] {
  const target = targetKindOf(kind)
  const { namespace = '' } = object.metadata
  const { targetRefs = [] } = source.specs.get<{ targetRefs?: readonly TargetReference[] }>(object)
  if (target === undefined) return []
  if (targetRefs.length === 0) {
    const warning = `targetRefs names no ${target.kind}, and nothing else refers to these options: they have no effect`
    return references.has(object) ? [] : [warning]
  }
  return targetRefs.flatMap((reference) => {
    const error = findTargetError(reference, target, namespace)
    if (error !== undefined) return [error]
    const { name = '', sectionName } = reference
    const found = source.objects.get(target, namespace, name)
    if (found === undefined) return [`${target.kind} ${namespace}/${name} not found`]
    if (!sectionName || hasListener(source.specs.get(found), sectionName)) return []
    return [`${target.kind} ${namespace}/${name} has no listener '${sectionName}'`]
  })
}

const hasListener = (
  { listeners = [] }: { readonly listeners?: readonly { readonly name: string }[] },
  sectionName: string,
) => listeners.some(({ name }) => name === sectionName)

/** What is known of options beside what they say. */
interface Said {
  readonly conflicts: Conflicts
  readonly findings: Findings
  readonly references: OptionReferences
}

function statusOf(
  scope: Scope,
  object: KubeObject,
  [kind, check]: (typeof checks)[number],
  { conflicts, findings, references }: Said,
): ObjectStatus {
  const { namespace = '', name } = object.metadata
  const key = `status of ${object.kind} ${namespace}/${name}`
  const spec = scope.source.specs.get(object)
  const own = scope.remember(`options of ${key}`, [spec], (inner) =>
    containFailure(() => check(inner, object), unreadable),
  )
  const targets = containFailure(
    (): GlooReport => ({
      errors: [],
      warnings: findTargetWarnings(scope, kind, object, references),
    }),
    unreadable,
  )
  const found = findings.of(object)
  const status = createGlooStatus({
    errors: [...new Set([...own.errors, ...targets.errors, ...found.errors])],
    warnings: [
      ...new Set([
        ...own.warnings,
        ...targets.warnings,
        ...warningsOfUnknownFields(kind, object),
        ...found.warnings,
        ...conflicts.of(object),
      ]),
    ],
  })
  return scope.remember(key, [JSON.stringify(status)], () => createObjectStatus(object, status))
}

/** What is to be said of options. */
export function createStatuses(
  scope: Scope,
  attachments: Attachments,
  findings: Findings,
): readonly ObjectStatus[] {
  const conflicts = findConflicts(scope.source, attachments)
  const references = new OptionReferences(scope.source.objects)
  const said = { conflicts, findings, references }
  return checks.flatMap((each) =>
    scope.source.objects.list(each[0]).map((object) => statusOf(scope, object, each, said)),
  )
}
