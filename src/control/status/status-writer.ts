import type {
  Dialect,
  ObjectStatus,
  ProgrammingError,
  Translation,
} from '../../dialects/dialect.ts'
import type { Origin } from '../../ir/origin.ts'
import type { ObjectReference } from '../../kube/kube-object.ts'
import type { ObjectChange, ObjectSource } from '../../kube/object-source.ts'
import { stampTransitions } from './transition-times.ts'

/** A {@link ProgrammingError} of an object that is named. */
export interface OriginError {
  readonly origin: Origin
  readonly message: string
}

interface WrittenStatus extends ObjectStatus {
  readonly errors: string
}

const originKey = ({ kind, namespace, name }: Pick<Origin, 'kind' | 'namespace' | 'name'>) =>
  `${kind}/${namespace}/${name}`

const referenceKey = ({ group, kind, namespace, name }: ObjectReference) =>
  `${group}/${kind}/${namespace}/${name}`

/** Writes statuses, each only when it says something else than the last one written. */
export class StatusWriter {
  readonly #source: ObjectSource
  readonly #wallClock: () => number
  #written = new Map<string, WrittenStatus>()
  #known = new Set<string>()

  /** `wallClock`: milliseconds since the Unix epoch, for conditions that change. */
  constructor(source: ObjectSource, wallClock: () => number) {
    this.#source = source
    this.#wallClock = wallClock
  }

  /** True when all that `change` changed is the status of an object whose status is written here. */
  isOwnWork({ type, kind, object, previous }: ObjectChange): boolean {
    if (type !== 'modified' || previous === undefined) return false
    const { namespace = '', name, generation, labels, annotations } = object.metadata
    if (!this.#known.has(referenceKey({ ...kind, namespace, name }))) return false
    const before = previous.metadata
    return (
      generation === before.generation &&
      labels === before.labels &&
      annotations === before.annotations &&
      object.metadata.deletionTimestamp === before.deletionTimestamp &&
      Object.keys(object).every(
        (key) => key === 'metadata' || key === 'status' || object[key] === previous[key],
      )
    )
  }

  /** An object that is new has no status yet, whatever was written to an earlier one of its name. */
  forgetOf({ type, kind, object }: ObjectChange): void {
    if (type === 'modified') return
    const { namespace = '', name } = object.metadata
    this.#written.delete(referenceKey({ ...kind, namespace, name }))
  }

  write(
    dialects: readonly Dialect[],
    translations: readonly Translation[],
    errors: readonly OriginError[],
  ): void {
    const errorsByObject = Map.groupBy(errors, ({ origin }) => originKey(origin))
    const written = new Map<string, WrittenStatus>()
    translations.forEach((translation, index) => {
      for (const status of translation.statuses) {
        const own = errorsByObject.get(originKey(status.object)) ?? []
        const key = referenceKey(status.object)
        // Known before it is written: the change that this makes must be told from others.
        this.#known.add(key)
        written.set(key, this.#writeOne(key, status, own, dialects[index]))
      }
    })
    this.#written = written
    this.#known = new Set(written.keys())
  }

  #writeOne(
    key: string,
    status: ObjectStatus,
    errors: readonly OriginError[],
    dialect: Dialect | undefined,
  ): WrittenStatus {
    const errorText = JSON.stringify(errors)
    const before = this.#written.get(key)
    const unchanged = before !== undefined && before.status === status.status
    if (unchanged && before.errors === errorText) return before
    const programmingErrors: ProgrammingError[] = errors.map(({ origin, message }) => ({
      fieldPath: origin.fieldPath,
      message,
    }))
    const text =
      programmingErrors.length === 0 || dialect === undefined
        ? status.status
        : dialect.addErrors(status.status, programmingErrors, status.object)
    const previous = this.#source.get(status.object)?.['status']
    const time = new Date(this.#wallClock()).toISOString().replace(/\.\d+Z$/, 'Z')
    this.#source.writeStatus(status.object, stampTransitions(text, previous, time))
    return { ...status, errors: errorText }
  }
}
