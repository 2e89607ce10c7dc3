import type { KindDefinition } from '../kube/kind-definition.ts'
import type { KubeObject, ObjectReference } from '../kube/kube-object.ts'
import type { Terminal } from './program.ts'

/** What the client commands need that only the composition root has. */
export interface ClientCommandParts {
  readonly version: string
  readonly terminal: Terminal
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly workingDirectory: string
  readonly homeDirectory: string
  readonly now: () => number
  /** A UUID that nobody guesses. */
  readonly randomId: () => string
  readonly readStandardInput: () => Promise<string>
  /** Resolves when the person or the system asks the program to end (SIGINT, SIGTERM). */
  readonly untilStopped: () => Promise<void>
  /** Loaded only for the commands that need to know kinds. */
  readonly loadKinds: () => Promise<KnownKinds>
}

/** What Sluice knows about objects, without a server. */
export interface KnownKinds {
  readonly kinds: readonly KindDefinition[]
  /**
   * The statuses that a running Sluice would give to these objects (in their storage versions) and to those that
   * stand from the start.
   */
  readonly translate: (objects: readonly KubeObject[]) => readonly TranslatedStatus[]
  /** The listeners that a running Sluice would have with these objects. */
  readonly describeListeners: (objects: readonly KubeObject[]) => readonly DescribedListener[]
}

/** A listener, named after the object that asks for it. */
export interface DescribedListener {
  readonly origin: ObjectName
  readonly virtualHosts: readonly {
    readonly origin: ObjectName
    readonly domains: readonly string[]
  }[]
}

interface ObjectName {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

export interface TranslatedStatus {
  readonly object: ObjectReference
  readonly status: unknown
}
