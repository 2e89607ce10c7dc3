import type { ApiGroup } from '../discovery/api-group.ts'
import { groupVersionName } from '../discovery/plain-discovery.ts'
import { badRequestError } from '../resources/status-error.ts'
import type { KubeCredential } from './http/authenticate.ts'

/** What a client asks about itself. */
export interface ReviewRequest {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly body: unknown
  readonly groups: readonly ApiGroup[]
  readonly credential: KubeCredential
}

type Fields = Readonly<Record<string, unknown>>

/**
 * Answers the reviews: the credential allows everything that exists, so that what is asked about a resource is
 * whether the server has it. Undefined where the path names no review.
 */
export function answerReview(request: ReviewRequest): object | undefined {
  const { group, version, plural, credential } = request
  const status = statuses[`${group}/${version}/${plural}`]
  if (!status) return undefined
  const body = isFields(request.body) ? request.body : undefined
  if (!body) throw badRequestError('the body of a review must be an object')
  return {
    ...body,
    apiVersion: groupVersionName(group, version),
    metadata: isFields(body['metadata']) ? body['metadata'] : {},
    status: status(isFields(body['spec']) ? body['spec'] : {}, request.groups, credential),
  }
}

type ReviewStatus = (spec: Fields, groups: readonly ApiGroup[], user: KubeCredential) => object

const statuses: Readonly<Record<string, ReviewStatus>> = {
  'authorization.k8s.io/v1/selfsubjectaccessreviews': reviewAccess,
  'authorization.k8s.io/v1/selfsubjectrulesreviews': () => ({
    resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
    nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
    incomplete: false,
  }),
  'authentication.k8s.io/v1/selfsubjectreviews': (_spec, _groups, { userName, groups }) => ({
    userInfo: { username: userName, groups: [...groups, 'system:authenticated'] },
  }),
}

function reviewAccess(spec: Fields, groups: readonly ApiGroup[]): object {
  const asked = spec['resourceAttributes']
  if (!isFields(asked)) {
    if (isFields(spec['nonResourceAttributes'])) return { allowed: true }
    throw badRequestError('spec must hold resourceAttributes or nonResourceAttributes')
  }
  const [group, resource] = [String(asked['group'] ?? ''), String(asked['resource'] ?? '')]
  if (resource === '' || resource === '*' || isServed(groups, group, resource)) {
    return { allowed: true, reason: 'the kubeconfig of Sluice allows everything' }
  }
  const name = group === '' ? resource : `${resource}.${group}`
  return { allowed: false, reason: `the server has no resource type ${JSON.stringify(name)}` }
}

function isServed(groups: readonly ApiGroup[], group: string, plural: string): boolean {
  return groups
    .filter(({ name }) => group === '*' || name === group)
    .flatMap(({ versions }) => versions)
    .some(({ resources }) => resources.some((resource) => resource.plural === plural))
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
