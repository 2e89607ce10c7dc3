import type { Dialect } from '../../dialects/dialect.ts'
import type { Configuration } from '../../ir/configuration.ts'
import type { Origin } from '../../ir/origin.ts'
import type { ObjectSource } from '../../kube/object-source.ts'

/** What {@link recordLimitStore} writes to and looks at. */
export interface LimitStoreReport {
  readonly source: Pick<ObjectSource, 'recordEvent'>
  readonly dialects: readonly Pick<Dialect, 'kinds'>[]
  /** Holds what is in force. */
  readonly loop: { readonly configuration: Pick<Configuration, 'policies'> }
}

/** Tells every object with limits, as an Event about it, that the store they are counted in has gone or come back. */
export function recordLimitStore(
  { source, dialects, loop }: LimitStoreReport,
  connected: boolean,
  reason: string,
): void {
  const kinds = dialects.flatMap((dialect) => dialect.kinds)
  for (const { kind, namespace, name } of limitedObjects(loop.configuration)) {
    const definition = kinds.find((each) => each.kind === kind)
    if (definition === undefined) continue
    source.recordEvent(
      { group: definition.group, kind, namespace, name },
      connected
        ? {
            ...{ type: 'Normal', reason: 'LimitStoreConnected', reportingComponent: 'sluice' },
            message: 'Limits are counted again.',
          }
        : {
            ...{ type: 'Warning', reason: 'LimitStoreAway', reportingComponent: 'sluice' },
            message: `Limits cannot be counted: the Redis server is away (${reason}).`,
          },
    )
  }
}

/** Each once. */
function limitedObjects({ policies }: Pick<Configuration, 'policies'>): Iterable<Origin> {
  const origins = new Map<string, Origin>()
  for (const policy of policies.values()) {
    if (policy.type !== 'rate-limit') continue
    for (const { origin } of policy.rules) {
      origins.set([origin.kind, origin.namespace, origin.name].join('/'), origin)
    }
  }
  return origins.values()
}
