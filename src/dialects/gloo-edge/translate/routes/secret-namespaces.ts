import type { HeaderMutation } from '../../../../ir/policies/header-mutation.ts'
import type { PolicyConfig } from '../../../../ir/policy.ts'
import type { ForwardAction, RouteAction } from '../../../../ir/route.ts'
import { placeOf } from '../../../gloo-core/options/place.ts'
import type { Scope } from '../../../gloo-core/options/source.ts'
import { specOf } from '../../../shared/spec-of.ts'
import { texts } from '../../conditions.ts'
import type { RouteDraft } from '../route-draft.ts'

interface SettingsSpec {
  readonly gloo?: { readonly headerSecretRefNsMatchesUs?: boolean }
}

const settingsKind = { group: 'gloo.solo.io', kind: 'Settings' } as const

const isDemanded = (scope: Scope) =>
  scope.read('Settings that bind header secrets to the namespace of the Upstream', ({ objects }) =>
    objects
      .list(settingsKind)
      .some((object) => specOf<SettingsSpec>(object).gloo?.headerSecretRefNsMatchesUs === true),
  )

/** Closes a route that would send a Secret to an Upstream of another namespace, where settings forbid it. */
export function refuseForeignSecrets(
  scope: Scope,
  draft: RouteDraft,
  action: RouteAction | undefined,
  inherited: HeaderMutation | undefined,
): void {
  if (action?.type !== 'forward') return
  const mutations = [...draft.policies, ...(inherited === undefined ? [] : [inherited])]
    .filter(isHeaderMutation)
    .filter((mutation) => secretsOf(mutation).length > 0)
  if (mutations.length === 0 || !isDemanded(scope)) return
  for (const mutation of mutations) {
    const upstreams = backendsReachedBy(mutation, action)
    for (const secret of secretsOf(mutation)) {
      const foreign = upstreams.find((backend) => namespaceOf(backend) !== secret.split('/')[0])
      if (foreign === undefined) continue
      const place = placeOf(mutation.origin)
      draft.fail({
        reason: texts.foreignHeaderSecret(secret.replace('/', '.')),
        advice: `Secret ${secret} (${place}) is not in namespace ${namespaceOf(foreign)} of the Upstream that it goes to, which spec.gloo.headerSecretRefNsMatchesUs of Settings demands. Keep the Secret there.`,
      })
      return
    }
  }
}

const isHeaderMutation = (policy: PolicyConfig): policy is HeaderMutation =>
  policy.type === 'header-mutation'

const secretsOf = ({ request }: HeaderMutation): readonly string[] =>
  request.add.flatMap(({ value }) => (value.type === 'secret' ? [value.secret.secretId] : []))

/** The change of a weighted destination reaches that one only, every other one all destinations and mirrors. */
function backendsReachedBy(
  { id }: HeaderMutation,
  { destinations, mirrors }: ForwardAction,
): string[] {
  const backends = destinations.flatMap((each) => ('backendId' in each ? [each] : []))
  const own = backends.filter(({ policyIds }) => policyIds.includes(id))
  const reached = own.length > 0 ? own : [...backends, ...mirrors]
  return reached.map(({ backendId }) => backendId)
}

/** As {@link upstreamBackendId} writes it. */
const namespaceOf = (backendId: string) => backendId.split('/')[1] ?? ''
