import type { Origin } from '../../../../ir/origin.ts'
import type { ObjectReference } from '../../../../kube/kube-object.ts'
import { texts } from '../../conditions.ts'
import type { RetryPolicy } from '../../kinds/fields/retries.ts'
import type { VirtualHostOptions } from '../../kinds/fields/virtual-host-options.ts'
import type { VirtualServiceSpec } from '../../kinds/virtual-service.ts'
import { translateRetries } from '../actions/retry.ts'
import { translateCors } from '../policies/cors.ts'
import { translateHeaderManipulation } from '../policies/header-mutation.ts'
import { jwtOfVirtualHost } from '../policies/jwt.ts'
import { anyRoute } from '../policies/limited-route.ts'
import { adviceOf, type Protection, virtualHostProtectionsOf } from '../policies/protection.ts'
import { type LimitLevel, translateLimits } from '../policies/rate-limit.ts'
import { translateRbac } from '../policies/rbac.ts'
import type { Problem } from '../problem.ts'
import { type OptionSet, optionSetOf, originOfOption } from '../routes/option-set.ts'
import type { VirtualHostContext } from '../routes/route-context.ts'
import { fillFromReferences } from '../routes/route-options.ts'
import type { Scope } from '../source.ts'

/** What of a Gateway reaches the routes below it. Gateways that agree in it share their routes. */
export interface GatewayProfile {
  readonly websocket: boolean
  readonly maxDirectResponseBytes: number
  readonly gatewayProtections: readonly Protection[]
}

interface VirtualHostSettings {
  readonly context: VirtualHostContext
  readonly problems: readonly Problem[]
}

const virtualHostError = (reason: string) => `VirtualHost Error: ProcessingError. Reason: ${reason}`

type Report = (severity: Problem['severity'], text: string) => void

function reportRetries(retries: RetryPolicy, report: Report): void {
  const { errors, warnings } = translateRetries(retries)
  for (const reason of errors) report('error', virtualHostError(`*basicroute.plugin: ${reason}`))
  for (const warning of warnings) report('warning', warning)
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
const limitProblemsOf = (scope: Scope, limits: LimitLevel, owner: ObjectReference): Problem[] =>
  translateLimits(scope, limits, anyRoute).flatMap(({ failures }) =>
    failures.map(({ reason }) => ({ severity: 'error', owner, text: virtualHostError(reason) })),
  )

/** Reads what the virtual host of `owner` sets for all its routes. */
export function createVirtualHostContext(
  scope: Scope,
  spec: VirtualServiceSpec,
  owner: ObjectReference,
  profile: GatewayProfile,
): VirtualHostSettings {
  const problems: Problem[] = []
  const report = (severity: Problem['severity'], text: string) => {
    problems.push({ severity, owner, text })
  }
  const { kind, namespace, name } = owner
  const origin: Origin = { kind, namespace, name, fieldPath: 'spec.virtualHost.options' }
  const host = spec.virtualHost
  const options = fillFromReferences(scope, optionSetOf(host?.options ?? {}, origin), {
    refs: host?.optionsConfigRefs,
    kind: 'VirtualHostOption',
    namespace,
    warn: (text) => report('warning', text),
  }) as OptionSet<VirtualHostOptions>
  const { headerManipulation, cors, retries, corsPolicyMergeSettings } = options.values
  const place = (field: string) => originOfOption(options, field, origin)

  const headers =
    headerManipulation &&
    translateHeaderManipulation(
      scope,
      headerManipulation,
      place('headerManipulation'),
      'virtual-host',
    )
  for (const { reason } of headers?.failures ?? []) report('error', virtualHostError(reason))
  if (retries !== undefined) reportRetries(retries, report)
  // Without its policy, pages of other origins are kept out, which is the safe side.
  const corsFailures = cors === undefined ? [] : translateCors(cors, place('cors'), []).failures
  for (const { reason } of corsFailures) report('error', virtualHostError(reason))
  const limits = { options, fallback: origin }
  problems.push(...limitProblemsOf(scope, limits, owner))
  const protections = virtualHostProtectionsOf(scope, options, origin)
  for (const missing of protections.filter(({ wanted }) => wanted)) {
    report('warning', texts.virtualHostUnprotected(adviceOf(missing)))
  }
  const access = accessOf(scope, options, origin)
  for (const { reason } of access.failures) report('error', virtualHostError(reason))
  return {
    problems,
    context: {
      jwt: access.jwt,
      rbac: access.rbac,
      headers: headers?.policy,
      blockedBy: headers?.failures[0]?.advice,
      cors: cors && corsFailures.length === 0 ? { config: cors, origin: place('cors') } : undefined,
      mergeExposeHeaders: corsPolicyMergeSettings?.exposeHeaders === 'UNION',
      retries: retries && { policy: retries, origin: place('retries') },
      limits,
      protections,
      ...profile,
    },
  }
}

/** What is wrong with the domains of a virtual service. */
export const findDomainErrors = (domains: readonly string[], virtualHost: string) =>
  domains.flatMap((domain) => {
    if (domain.trim() === '') return [texts.emptyDomain(virtualHost)]
    const isDomain = /^(?:\*|\*?[^\s*/@?#]+|[^\s*/@?#]+\*)$/.test(domain)
    return isDomain ? [] : [texts.invalidDomain(virtualHost, domain)]
  })
