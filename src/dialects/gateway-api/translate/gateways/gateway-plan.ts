import type { UsageLabel } from '../../../../ir/listener.ts'
import type { KubeObject, ObjectReference } from '../../../../kube/kube-object.ts'
import type { Problem } from '../../conditions.ts'
import type { ControllerProfile, FoundParameters, ServiceParameters } from '../../contribution.ts'
import type { GatewayClassSpec } from '../../kinds/specs/gateway-class-spec.ts'
import type { GatewaySpec } from '../../kinds/specs/gateway-spec.ts'
import { gatewayClassKind, gatewayKind } from '../../names.ts'
import { displayName, referenceOf, type Scope } from '../source.ts'
import { type ClientCertificate, readClientCertificate } from './client-certificate.ts'
import { allowsInsecureClients } from './frontend-validation.ts'
import { findGatewayAddress, type GatewayAddress } from './gateway-service.ts'
import { type ListenerPlan, planListeners } from './listener-plan.ts'
import { findListenerSets, type ListenerSetPlan, planListenerSets } from './listener-sets.ts'

/** A gateway that is served here, before routes are attached. */
export interface GatewayPlan {
  readonly object: KubeObject
  readonly reference: ObjectReference
  readonly profile: ControllerProfile
  /** Its own; those of ListenerSets come after them. */
  readonly listeners: readonly ListenerPlan[]
  readonly listenerSets: readonly ListenerSetPlan[]
  readonly clientCertificate: ClientCertificate
  /** Some clients are asked for a certificate, and those without a valid one are served too. */
  readonly allowsInsecureClients: boolean
  readonly address: GatewayAddress
  readonly usageLabels: readonly UsageLabel[]
  /** Keeps the whole gateway from being served. */
  readonly problem: Problem | undefined
}

const addressTypes = ['IPAddress']

/** The profile of a class that names one of our controllers. */
export function profileOfClass(
  scope: Scope,
  gatewayClass: KubeObject,
): ControllerProfile | undefined {
  const { controllerName } = scope.source.specs.get<Partial<GatewayClassSpec>>(gatewayClass)
  return scope.source.contributions.profiles.find(
    (profile) => profile.controllerName === controllerName,
  )
}

/** What parameters say; an object that nobody reads is an error. */
export function readParameters(scope: Scope, reference: ObjectReference): FoundParameters {
  const found = scope.source.contributions
    .ownerOf('parameters', reference)
    ?.findParameters?.(reference)
  const message = `parametersRef names ${displayName(reference)} (group "${reference.group}"), a kind of parameters that is not known`
  return found ?? { type: 'invalid', message }
}

interface Parameters {
  readonly service: Partial<ServiceParameters>
  readonly usageLabels: readonly UsageLabel[]
  readonly problem: Problem | undefined
}

/** The object that a Gateway takes its parameters from: named by its spec, else by an annotation, else by its class. */
function parametersReferenceOf(
  { metadata }: KubeObject,
  spec: Partial<GatewaySpec>,
  { parametersAnnotation }: ControllerProfile,
  { parametersRef }: Partial<GatewayClassSpec>,
): ObjectReference | undefined {
  const { namespace = '', annotations = {} } = metadata
  const own = spec.infrastructure?.parametersRef
  if (own !== undefined) return { ...own, namespace }
  const name = parametersAnnotation && annotations[parametersAnnotation.key]
  if (parametersAnnotation !== undefined && name) {
    const { group, kind } = parametersAnnotation
    return { group, kind, namespace, name }
  }
  return parametersRef && { namespace: '', ...parametersRef }
}

function parametersOf(scope: Scope, reference: ObjectReference | undefined): Parameters {
  const none = { service: {}, usageLabels: [], problem: undefined }
  if (reference === undefined) return none
  const found = readParameters(scope, reference)
  return found.type === 'found'
    ? { ...none, service: found.service ?? {}, usageLabels: found.usageLabels ?? [] }
    : { ...none, problem: { reason: 'InvalidParameters', message: found.message } }
}

function findAddressProblem({ addresses = [] }: Partial<GatewaySpec>): Problem | undefined {
  const odd = addresses.find(({ type }) => !addressTypes.includes(type ?? 'IPAddress'))
  return (
    odd && {
      reason: 'UnsupportedAddress',
      message: `addresses of type ${odd.type} are not given; ask for an IPAddress`,
    }
  )
}

/** Plans a gateway; undefined: another controller serves its class, or nobody. */
export function planGateway(scope: Scope, object: KubeObject): GatewayPlan | undefined {
  const spec = scope.source.specs.get<Partial<GatewaySpec>>(object)
  const { gatewayClassName = '', listeners = [] } = spec
  const gatewayClass = scope.source.objects.get(gatewayClassKind, '', gatewayClassName)
  const profile = gatewayClass && profileOfClass(scope, gatewayClass)
  if (gatewayClass === undefined || profile === undefined) return undefined
  const reference = referenceOf(object, gatewayKind)
  const classSpec = scope.source.specs.get<Partial<GatewayClassSpec>>(gatewayClass)
  const parameters = parametersOf(scope, parametersReferenceOf(object, spec, profile, classSpec))
  const found = findListenerSets(scope, reference, spec)
  const surroundings = {
    gateway: reference,
    frontend: spec.tls?.frontend,
    all: [...listeners, ...found.flatMap(({ specs }) => specs)],
  }
  const own = planListeners(scope, { ...surroundings, owner: reference }, listeners)
  return {
    object,
    reference,
    profile,
    listeners: own,
    listenerSets: planListenerSets(scope, found, surroundings, own),
    clientCertificate: readClientCertificate(
      scope,
      reference,
      spec.tls?.backend?.clientCertificateRef,
    ),
    allowsInsecureClients: allowsInsecureClients(spec.tls?.frontend),
    address: findGatewayAddress(scope, object, {
      profile,
      parameters: parameters.service,
      ports: surroundings.all.map(({ port }) => port),
    }),
    usageLabels: parameters.usageLabels,
    problem: parameters.problem ?? findAddressProblem(spec),
  }
}

/** Every listener of a gateway in order of precedence. */
export const listenersOf = ({ listeners, listenerSets }: GatewayPlan): readonly ListenerPlan[] => [
  ...listeners,
  ...listenerSets.flatMap((set) => set.listeners),
]
