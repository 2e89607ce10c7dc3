import type { ObjectView } from '../../dialect.ts'
import type { UpstreamTranslation } from '../../gloo-core/translate/upstream-translation.ts'
import type { Scope as AnyScope } from '../../shared/memory.ts'
import type { SpecCache } from '../../shared/spec-of.ts'

/** What this dialect's translation reads from. */
export interface Source {
  readonly objects: ObjectView
  readonly upstreams: UpstreamTranslation
  readonly specs: SpecCache
}

/** A computation of this dialect. */
export type Scope = AnyScope<Source>

/** The group of this dialect's kinds. */
export const edgeGroup = 'gateway.solo.io'
