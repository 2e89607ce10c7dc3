import type { Origin } from '../../../ir/origin.ts'
import type { HeaderMutation } from '../../../ir/policies/header-mutation.ts'
import type { Rbac } from '../../../ir/policies/rbac.ts'
import type { CorsPolicy } from '../kinds/options/cors.ts'
import type { RetryPolicy } from '../kinds/options/retries.ts'
import type { VirtualHostOptions } from '../kinds/options/virtual-host-options.ts'
import { jwtOfVirtualHost, type StagedJwt } from './access/jwt.ts'
import { adviceOf, type Protection, virtualHostProtectionsOf } from './access/protection.ts'
import { translateRbac } from './access/rbac.ts'
import type { PolicyResult } from './failure.ts'
import { translateRetries } from './forwarding/retry.ts'
import { translateHeaderManipulation } from './headers/header-mutation.ts'
import { anyRoute } from './limits/limited-route.ts'
import { type LimitLevel, translateLimits } from './limits/rate-limit.ts'
import { type OptionSet, originOfOption } from './option-set.ts'
import type { Scope } from './source.ts'
import { texts } from './texts.ts'
import { translateCors } from './traffic/cors.ts'

/** What the options of a virtual host mean for each of its routes. */
export interface VirtualHostPolicies {
  readonly headers: HeaderMutation | undefined
  /** Set: no request may be forwarded, because the header changes of the virtual host cannot be made. */
  readonly blockedBy: string | undefined
  readonly cors: { readonly config: CorsPolicy; readonly origin: Origin } | undefined
  /** Whether a route exposes the headers of the virtual host's CORS policy too. */
  readonly mergeExposeHeaders: boolean
  readonly retries: { readonly policy: RetryPolicy; readonly origin: Origin } | undefined
  /** What it demands of tokens. */
  readonly jwt: readonly StagedJwt[]
  /** Undefined: nothing. */
  readonly rbac: PolicyResult<Rbac> | undefined
  readonly limits: LimitLevel
  /** What the virtual host says of protections. */
  readonly protections: readonly Protection[]
}

/** Something to be said of the options of a virtual host; errors are in the words of Gloo's plugins. */
export interface VirtualHostFinding {
  readonly severity: 'error' | 'warning'
  readonly text: string
}

interface ReadVirtualHost {
  readonly policies: VirtualHostPolicies
  readonly findings: readonly VirtualHostFinding[]
}

const errorsOf = (reasons: readonly { readonly reason: string }[]) =>
  reasons.map(({ reason }): VirtualHostFinding => ({ severity: 'error', text: reason }))

function findingsOfRetries(retries: RetryPolicy | undefined): readonly VirtualHostFinding[] {
  if (retries === undefined) return []
  const { errors, warnings } = translateRetries(retries)
  return [
    ...errorsOf(errors.map((error) => ({ reason: `*basicroute.plugin: ${error}` }))),
    ...warnings.map((text): VirtualHostFinding => ({ severity: 'warning', text })),
  ]
}

/** Who may come in at all. */
function accessOf(scope: Scope, options: OptionSet<VirtualHostOptions>, origin: Origin) {
  const jwt = jwtOfVirtualHost(scope, options, origin)
  const { rbac: settings } = options.values
  const isOff = settings === undefined || settings.disable === true
  const rbac = isOff ? undefined : translateRbac(settings, originOfOption(options, 'rbac', origin))
  const results = [...jwt.map(({ result }) => result), ...(rbac === undefined ? [] : [rbac])]
  return { jwt, rbac, failures: results.flatMap(({ failures }) => failures) }
}

/** Reads what the options of a virtual host, which stand at `origin`, set for all its routes. */
export function readVirtualHost(
  scope: Scope,
  options: OptionSet<VirtualHostOptions>,
  origin: Origin,
): ReadVirtualHost {
  const { headerManipulation, cors, retries, corsPolicyMergeSettings } = options.values
  const place = (field: string) => originOfOption(options, field, origin)
  const headersPlace = place('headerManipulation')
  const headers =
    headerManipulation &&
    translateHeaderManipulation(scope, headerManipulation, headersPlace, 'virtual-host')
  // Without its policy, pages of other origins are kept out, which is the safe side.
  const corsFailures = cors === undefined ? [] : translateCors(cors, place('cors'), []).failures
  const limits = { options, fallback: origin }
  const limitFailures = translateLimits(scope, limits, anyRoute).flatMap((each) => each.failures)
  const protections = virtualHostProtectionsOf(scope, options, origin)
  const access = accessOf(scope, options, origin)
  return {
    findings: [
      ...errorsOf(headers?.failures ?? []),
      ...findingsOfRetries(retries),
      ...errorsOf(corsFailures),
      ...errorsOf(limitFailures),
      ...protections
        .filter(({ wanted }) => wanted)
        .map((missing): VirtualHostFinding => {
          const text = texts.virtualHostUnprotected(adviceOf(missing))
          return { severity: 'warning', text }
        }),
      ...errorsOf(access.failures),
    ],
    policies: {
      jwt: access.jwt,
      rbac: access.rbac,
      headers: headers?.policy,
      blockedBy: headers?.failures[0]?.advice,
      cors: cors && corsFailures.length === 0 ? { config: cors, origin: place('cors') } : undefined,
      mergeExposeHeaders: corsPolicyMergeSettings?.exposeHeaders === 'UNION',
      retries: retries && { policy: retries, origin: place('retries') },
      limits,
      protections,
    },
  }
}
