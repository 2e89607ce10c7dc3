import type { KubeObject } from '../../../kube/kube-object.ts'
import type { ResourceType } from '../../api/resource-type.ts'
import { fieldAt, listAt, textAt } from '../fields.ts'
import { readStatuses } from '../gloo-status.ts'
import {
  authConfigType,
  gatewayType,
  proxyType,
  rateLimitConfigType,
  routeOptionType,
  secretType,
  upstreamGroupType,
  upstreamType,
  virtualHostOptionType,
  virtualServiceType,
} from '../resources.ts'
import { findDanglingReferences, type KnownObjects } from './dangling-references.ts'

/** One line of the check. */
export interface CheckSection {
  /** As the output names it. */
  readonly name: string
  /** As `--exclude` names it. */
  readonly key: string
  readonly type: ResourceType
  /** Whether only the namespace of the installation is looked at. */
  readonly installationOnly?: boolean
  readonly findProblems: (objects: readonly KubeObject[], known: KnownObjects) => string[]
}

const workload = { group: 'apps', version: 'v1' }

/** In the order in which Gloo's own tool goes through them. */
export const checkSections: readonly CheckSection[] = [
  {
    ...{ name: 'Deployments', key: 'deployments', installationOnly: true },
    type: { ...workload, plural: 'deployments', kind: 'Deployment' },
    findProblems: (objects) => objects.flatMap(deploymentProblems),
  },
  {
    ...{ name: 'Pods', key: 'pods', installationOnly: true },
    type: { group: '', version: 'v1', plural: 'pods', kind: 'Pod' },
    findProblems: (objects) => objects.flatMap(podProblems),
  },
  { name: 'Upstreams', key: 'upstreams', type: upstreamType, ...byStatus('upstream') },
  {
    ...{ name: 'UpstreamGroups', key: 'upstreamgroup', type: upstreamGroupType },
    ...byStatus('upstream group'),
  },
  { name: 'AuthConfigs', key: 'auth-configs', type: authConfigType, ...byStatus('auth config') },
  {
    ...{ name: 'RateLimitConfigs', key: 'rate-limit-configs', type: rateLimitConfigType },
    findProblems: (objects) => objects.flatMap(rateLimitProblems),
  },
  {
    ...{ name: 'VirtualHostOptions', key: 'virtual-host-options', type: virtualHostOptionType },
    ...byStatus('VirtualHostOption'),
  },
  {
    ...{ name: 'RouteOptions', key: 'route-options', type: routeOptionType },
    ...byStatus('RouteOption'),
  },
  // Reading them is the check.
  { name: 'Secrets', key: 'secrets', type: secretType, findProblems: () => [] },
  {
    ...{ name: 'VirtualServices', key: 'virtual-services', type: virtualServiceType },
    findProblems: (objects, known) =>
      objects.flatMap((object) => [
        ...statusProblems('virtual service', object),
        ...findDanglingReferences(object, known),
      ]),
  },
  { name: 'Gateways', key: 'gateways', type: gatewayType, ...byStatus('gateway') },
  {
    ...{ name: 'Proxies', key: 'proxies', type: proxyType, installationOnly: true },
    ...byStatus('proxy'),
  },
]

function byStatus(noun: string): Pick<CheckSection, 'findProblems'> {
  return { findProblems: (objects) => objects.flatMap((object) => statusProblems(noun, object)) }
}

/** `namespace name` */
const placeOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''} ${metadata.name}`

function statusProblems(noun: string, object: KubeObject): string[] {
  const statuses = readStatuses(object)
  if (statuses === undefined) return [`Found ${noun} with no status: ${placeOf(object)}`]
  return statuses.flatMap(({ reporter, state, reason }) => {
    const why = `${placeOf(object)} (Reason: ${reason.trim()})`
    if (state === 'Rejected') return [`Found rejected ${noun} by '${reporter}': ${why}`]
    if (state === 'Warning') return [`Found ${noun} with warnings by '${reporter}': ${why}`]
    return []
  })
}

function rateLimitProblems(object: KubeObject): string[] {
  const namespaced = Object.values(fieldAt(object, 'status', 'statuses') ?? {})
  const statuses: readonly unknown[] = namespaced.length > 0 ? namespaced : [object['status']]
  return statuses.flatMap((status) =>
    ['REJECTED', 2].some((state) => fieldAt(status, 'state') === state)
      ? [
          `Found rejected rate limit config: ${placeOf(object)} (Reason: ${textAt(status, 'message')})`,
        ]
      : [],
  )
}

function deploymentProblems(object: KubeObject): string[] {
  const { name, namespace = '' } = object.metadata
  return listAt(object, 'status', 'conditions').flatMap((condition) => {
    const isTrue = textAt(condition, 'status') === 'True'
    const text = problemOfDeployment(textAt(condition, 'type'), isTrue)
    if (text === undefined) return []
    return [`Deployment ${name} in namespace ${namespace} ${text}!${messageOf(condition)}`]
  })
}

function problemOfDeployment(type: string, isTrue: boolean): string | undefined {
  if (type === 'ReplicaFailure') return isTrue ? 'failed to create pods' : undefined
  if (isTrue) return undefined
  if (type === 'Progressing') return 'is not progressing'
  return type === 'Available' ? 'is not available' : undefined
}

const podProblemByCondition: Readonly<Record<string, string>> = {
  PodScheduled: 'is not yet scheduled',
  Ready: 'is not ready',
  Initialized: 'is not yet initialized',
}

function podProblems(object: KubeObject): string[] {
  const { name, namespace = '' } = object.metadata
  return listAt(object, 'status', 'conditions').flatMap((condition) => {
    if (textAt(condition, 'status') === 'True' || textAt(condition, 'reason') === 'PodCompleted') {
      return []
    }
    const type = textAt(condition, 'type')
    if (type === 'ContainersReady') {
      const what = `Not all containers in pod ${name} in namespace ${namespace} are ready!`
      return [what + messageOf(condition)]
    }
    const text = podProblemByCondition[type]
    if (text === undefined) return []
    return [`Pod ${name} in namespace ${namespace} ${text}!${messageOf(condition)}`]
  })
}

const messageOf = (condition: unknown) => {
  const message = textAt(condition, 'message')
  return message === '' ? '' : ` Message: ${message}`
}
