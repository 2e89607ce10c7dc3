import type { Origin } from '../../../../ir/origin.ts'
import type { GuardedStream } from '../../../../ir/policies/prompt-guard.ts'
import { guardAnnotations as annotations } from '../../kinds/ai/guard-annotations.ts'
import { optionsGroup } from '../../options-group.ts'
import type { Scope } from '../source.ts'

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
  const known: readonly string[] = Object.values(annotations)
  const unknown = scope.read(`annotations of guards of ${kind} ${namespace}/${name}`, (source) => {
    const object = source.objects.get({ group: optionsGroup, kind }, namespace, name)
    const names = Object.keys(object?.metadata.annotations ?? {})
    return names.find((each) => each.startsWith('sluice.dev/guard-') && !known.includes(each))
  })
  if (unknown !== undefined) {
    fail(`annotation ${unknown} is not known; there are ${known.join(', ')}`)
  }
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
