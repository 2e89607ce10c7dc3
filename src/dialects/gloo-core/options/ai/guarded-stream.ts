import type { Origin } from '../../../../ir/origin.ts'
import type { GuardedStream } from '../../../../ir/policies/prompt-guard.ts'
import { optionsGroup } from '../../options-group.ts'
import type { Scope } from '../source.ts'

/** Annotations, on the object that holds a guard, that say how streams are guarded; Gloo has no fields for it. */
const annotations = {
  maxHeldBytes: 'sluice.dev/guard-max-held-bytes',
  maxHeldMs: 'sluice.dev/guard-max-held-ms',
  onOverflow: 'sluice.dev/guard-on-overflow',
} as const

const defaults: GuardedStream = { maxHeldBytes: 4_096, maxHeldMs: 500, onOverflow: 'mask' }
const overflows: readonly string[] = ['mask', 'reject', 'release']
const maxBytes = 1_048_576
const maxMs = 60_000

/** Reads how streams are guarded by the guard at `origin`. */
export function readGuardedStream(
  scope: Scope,
  { kind, namespace, name }: Origin,
  fail: (error: string) => void,
): GuardedStream {
  const read = (annotation: string) =>
    scope.read(`${annotation} of ${kind} ${namespace}/${name}`, ({ objects }) => {
      const object = objects.get({ group: optionsGroup, kind }, namespace, name)
      return object?.metadata.annotations?.[annotation]
    })
  const numberOf = (annotation: string, maximum: number) => {
    const value = read(annotation)
    if (value === undefined) return undefined
    const number = /^\d{1,9}$/.test(value) ? Number(value) : 0
    if (number >= 1 && number <= maximum) return number
    fail(`annotation ${annotation} must be a whole number between 1 and ${maximum}, not '${value}'`)
    return undefined
  }
  const onOverflow = read(annotations.onOverflow) ?? defaults.onOverflow
  if (!isOverflow(onOverflow)) {
    fail(
      `annotation ${annotations.onOverflow} must be ${overflows.join(', ')}, not '${onOverflow}'`,
    )
  }
  return {
    maxHeldBytes: numberOf(annotations.maxHeldBytes, maxBytes) ?? defaults.maxHeldBytes,
    maxHeldMs: numberOf(annotations.maxHeldMs, maxMs) ?? defaults.maxHeldMs,
    onOverflow: isOverflow(onOverflow) ? onOverflow : defaults.onOverflow,
  }
}

const isOverflow = (value: string): value is GuardedStream['onOverflow'] =>
  overflows.includes(value)
