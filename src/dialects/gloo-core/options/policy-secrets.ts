import type { PolicyConfig } from '../../../ir/policy.ts'

/** Ids of the Secrets, and fields of objects, that a policy refers to. */
export function secretIdsOfPolicy(policy: PolicyConfig): readonly string[] {
  if (policy.type === 'header-mutation') {
    return policy.request.add.flatMap(({ value }) =>
      value.type === 'secret' ? [value.secret.secretId] : [],
    )
  }
  if (policy.type === 'prompt-guard') {
    const token = policy.request?.moderation?.token
    return token === undefined ? [] : [token.secretId]
  }
  return []
}
