import type { ApiGroup, ApiResource } from './api-group.ts'

function reviewResource(kind: string): ApiResource {
  return {
    plural: `${kind.toLowerCase()}s`,
    singular: kind.toLowerCase(),
    kind,
    namespaced: false,
    verbs: ['create'],
    shortNames: [],
    categories: [],
    subresources: [],
  }
}

/** What a client may ask about itself: these resources are answered and never stored. */
export const reviewGroups: readonly ApiGroup[] = [
  {
    name: 'authentication.k8s.io',
    versions: [{ name: 'v1', resources: [reviewResource('SelfSubjectReview')] }],
  },
  {
    name: 'authorization.k8s.io',
    versions: [
      {
        name: 'v1',
        resources: [
          reviewResource('SelfSubjectAccessReview'),
          reviewResource('SelfSubjectRulesReview'),
        ],
      },
    ],
  },
]
