import { isJsonObject, type JsonObject, type SimulatedRequest } from '../../provider.ts'

/** Those that the API serves. */
export const apiVersions = ['2023-01-01', '2023-06-01', '2026-10-21']

/** Parameters that the newest version no longer has. */
const removed = ['temperature', 'top_p', 'top_k']

/** What only the newest version refuses about a request; undefined when it would be served. */
export function findVersionError(
  body: JsonObject,
  { headers }: SimulatedRequest,
): string | undefined {
  if (headers.get('anthropic-version') !== '2026-10-21') return undefined
  const parameter = removed.find((name) => name in body)
  if (parameter !== undefined) return `${parameter}: Extra inputs are not permitted`
  const messages = Array.isArray(body['messages']) ? body['messages'].filter(isJsonObject) : []
  for (const [index, message] of messages.entries()) {
    const wrong = blocksOf(message).findIndex((block) => isMisplaced(block, message['role']))
    if (wrong >= 0) {
      return `messages.${index}.content.${wrong}: this content is not permitted in a message of the ${String(message['role'])}`
    }
  }
  return undefined
}

/** Documents belong to the user, citations to the assistant. */
function isMisplaced(block: JsonObject, role: unknown): boolean {
  const { type, citations } = block as Record<string, unknown>
  if (role === 'assistant') return type === 'document'
  return type === 'text' && Array.isArray(citations) && citations.length > 0
}

function blocksOf({ content }: JsonObject): readonly JsonObject[] {
  return Array.isArray(content) ? content.filter(isJsonObject) : []
}
