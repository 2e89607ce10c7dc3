import type { ObjectView } from '../../dialect.ts'
import type { Computation } from '../../shared/computation.ts'
import type { SpecCache } from '../../shared/spec-of.ts'
import type { UpstreamTranslation } from '../translate/upstream/upstream-translation.ts'

/** What the translation of options reads from. */
export interface Source {
  readonly objects: ObjectView
  readonly upstreams: UpstreamTranslation
  readonly specs: SpecCache
}

/** A computation over the objects of one moment. */
export type Scope = Computation<Source>
