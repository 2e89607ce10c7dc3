import type { RequestContext } from './policy.ts'

/** What the request's metadata holds at a namespace and the keys inside it. */
export function metadataValue(
  context: Pick<RequestContext, 'metadata'>,
  path: readonly string[],
): unknown {
  const [namespace = '', ...keys] = path
  let value = context.metadata.get(namespace)
  for (const key of keys) {
    const holds = typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    value = holds ? (value as Readonly<Record<string, unknown>>)[key] : undefined
  }
  return value
}
