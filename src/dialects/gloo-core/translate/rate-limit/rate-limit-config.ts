import type { Origin } from '../../../../ir/origin.ts'
import type { LimitCounting, RateLimitRules } from '../../../../ir/policies/rate-limit.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { messageOf } from '../../../../lib/message-of.ts'
import type { ObjectStatus } from '../../../dialect.ts'
import { specOf } from '../../../shared/spec-of.ts'
import type { RateLimitConfigSpec, RawRateLimits } from '../../kinds/rate-limit/limit-spec.ts'
import { rateLimitConfigKind } from '../../kinds/rate-limit/rate-limit-config.ts'
import { countingAnnotations, translateCounting } from './counting.ts'
import { translateDescriptors, translateSetDescriptors } from './descriptors.ts'
import { dependOnRoute, type LimitedRoute, translateLookups } from './lookups.ts'
import { findUnreachedLimits } from './unreached-limits.ts'

/** Rules as a route needs them; those with errors must not be used. */
export interface TranslatedRules {
  readonly rules: RateLimitRules
  readonly errors: readonly string[]
  /** Whether they are those of one route alone. */
  readonly routeSpecific: boolean
}

/** Translates limits that stand at `origin` for a route. */
export function translateRateLimits(
  raw: RawRateLimits,
  input: {
    readonly origin: Origin
    readonly counterScope: string
    readonly route: LimitedRoute
    readonly counting: LimitCounting
  },
): TranslatedRules {
  const errors: string[] = []
  const { origin, counterScope, route, counting } = input
  const tree = translateDescriptors(raw.descriptors ?? [], 'descriptors', errors)
  const sets = translateSetDescriptors(raw.setDescriptors ?? [], 'setDescriptors', errors)
  const lookups = translateLookups(raw.rateLimits ?? [], 'rateLimits', route, errors)
  const routeSpecific = dependOnRoute(raw.rateLimits ?? [])
  return { rules: { origin, counterScope, tree, sets, lookups, counting }, errors, routeSpecific }
}

/** What of a RateLimitConfig its limits consist of. */
export interface RateLimitConfigParts {
  readonly spec: RateLimitConfigSpec
  /** See {@link countingAnnotations}. */
  readonly annotations: readonly string[]
}

/** Translates the RateLimitConfig `namespace/name` for a route. */
export function translateRateLimitConfig(
  { spec: { raw }, annotations }: RateLimitConfigParts,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  route: LimitedRoute,
): TranslatedRules {
  const { kind } = rateLimitConfigKind
  const origin: Origin = { kind, namespace, name, fieldPath: 'spec.raw' }
  const counterScope = `${namespace}.${name}`
  const errors: string[] = []
  const counting = translateCounting(annotations, errors)
  const translated = translateRateLimits(raw ?? {}, { origin, counterScope, route, counting })
  const found = raw === undefined ? ['raw must be set'] : translated.errors
  return { ...translated, errors: [...found, ...errors] }
}

const anyRoute: LimitedRoute = { destination: undefined, metadata: {} }

/** The status of a RateLimitConfig, in the form of its own that it has. */
export function rateLimitConfigStatus(object: KubeObject): ObjectStatus {
  const { namespace = '', name, generation } = object.metadata
  const errors = errorsOf(object, { namespace, name })
  const remarks = errors.length > 0 ? errors : remarksOf(object)
  return {
    object: { ...rateLimitConfigKind, namespace, name },
    status: {
      state: errors.length === 0 ? 'ACCEPTED' : 'REJECTED',
      ...(remarks.length === 0 ? {} : { message: remarks.join('; ') }),
      ...(generation === undefined ? {} : { observedGeneration: generation }),
    },
  }
}

const remarksOf = (object: KubeObject): readonly string[] =>
  findUnreachedLimits(specOf<RateLimitConfigSpec>(object).raw ?? {})

function errorsOf(
  object: KubeObject,
  reference: { readonly namespace: string; readonly name: string },
): readonly string[] {
  try {
    const parts = {
      spec: specOf<RateLimitConfigSpec>(object),
      annotations: countingAnnotations(object),
    }
    return translateRateLimitConfig(parts, reference, anyRoute).errors
  } catch (error) {
    // The schema keeps wrong types out; an object that came around it must not stop the others.
    return [`the object cannot be read: ${messageOf(error)}`]
  }
}
