import type { ObjectReference } from '../../../../kube/kube-object.ts'
import type { Problem } from '../../conditions.ts'
import type {
  FrontendTls,
  FrontendValidation,
  GatewaySpec,
} from '../../kinds/specs/gateway-spec.ts'
import { gatewayKind } from '../../names.ts'
import { type Authority, checkAuthorityKind, readAuthority } from '../authority.ts'
import { isGranted } from '../grants.ts'
import { displayName, type Scope } from '../source.ts'

type Frontend = NonNullable<GatewaySpec['tls']>['frontend']
type AuthorityReference = NonNullable<FrontendValidation['caCertificateRefs']>[number]

/** How clients of an HTTPS listener are checked. */
export interface ClientCheck {
  /** Certificates of authorities; undefined: clients are not asked for a certificate. */
  readonly authority: { readonly pem: string } | undefined
  readonly servesAnyClient: boolean
  readonly accepted: Problem | undefined
  readonly resolvedRefs: Problem | undefined
}

const unchecked: ClientCheck = {
  ...{ authority: undefined, servesAnyClient: false },
  ...{ accepted: undefined, resolvedRefs: undefined },
}

const insecureMode = 'AllowInsecureFallback'

/** What holds for a port: its own configuration, even one without validation, else the default. */
function configOf(frontend: NonNullable<Frontend>, port: number): FrontendTls | undefined {
  const own = (frontend.perPort ?? []).find((each) => each.port === port)
  return own === undefined ? frontend.default : own.tls
}

function readReference(
  scope: Scope,
  gateway: ObjectReference,
  { group, kind, name, namespace = gateway.namespace }: AuthorityReference,
): Authority {
  const target = { group, kind, name, namespace }
  const odd = checkAuthorityKind(target, 'InvalidCACertificateKind')
  if (odd !== undefined) return odd
  if (isGranted(scope, { ...gatewayKind, namespace: gateway.namespace }, target)) {
    return readAuthority(scope, target)
  }
  const message = `${displayName(target)} is in another namespace, and no ReferenceGrant there allows Gateways of ${gateway.namespace} to refer to it`
  return { type: 'problem', problem: { reason: 'RefNotPermitted', message } }
}

/** Reads how clients of HTTPS listeners of a port are checked. */
export function readClientCheck(
  scope: Scope,
  gateway: ObjectReference,
  frontend: Frontend,
  port: number,
): ClientCheck {
  const validation = frontend && configOf(frontend, port)?.validation
  if (validation === undefined) return unchecked
  const { caCertificateRefs = [], mode } = validation
  const authorities = caCertificateRefs.map((each) => readReference(scope, gateway, each))
  const pem = authorities.flatMap((each) => (each.type === 'pem' ? [each.pem] : []))
  const problems = authorities.flatMap((each) => (each.type === 'problem' ? [each.problem] : []))
  const [first] = problems
  const message = problems.map((each) => each.message).join('; ')
  const noAuthority = `clients cannot be checked: ${message || 'caCertificateRefs is empty'}`
  return {
    authority: pem.length === 0 ? undefined : { pem: pem.join('\n') },
    servesAnyClient: mode === insecureMode,
    accepted:
      pem.length === 0 ? { reason: 'NoValidCACertificate', message: noAuthority } : undefined,
    resolvedRefs: first && { reason: first.reason, message },
  }
}

/** Whether clients without a valid certificate are served somewhere although they are asked for one. */
export function allowsInsecureClients(frontend: Frontend): boolean {
  const ports = (frontend?.perPort ?? []).map(({ tls }) => tls)
  return [frontend?.default, ...ports].some((config) => config?.validation?.mode === insecureMode)
}
