import { isIP } from 'node:net'
import type { Endpoint } from '../../../../ir/backend.ts'

/** An endpoint before it has its id. */
export interface EndpointDraft extends Omit<Endpoint, 'id'> {}

/** True for a name that must be resolved. */
export const isDnsName = (host: string) => isIP(host) === 0

/** Fills in what most endpoints have. */
export const draftEndpoint = (
  draft: Pick<EndpointDraft, 'host' | 'port'> & Partial<EndpointDraft>,
): EndpointDraft => ({
  weight: 1,
  priority: 0,
  serverName: undefined,
  healthCheckPath: undefined,
  healthCheckMethod: undefined,
  ...draft,
})

/** Gives ids that stay the same over reloads; an address that stands twice is counted. */
export function nameEndpoints(backendId: string, drafts: readonly EndpointDraft[]): Endpoint[] {
  const seen = new Map<string, number>()
  return drafts.map((draft) => {
    const host = draft.host.includes(':') ? `[${draft.host}]` : draft.host
    const address = `${backendId}/${host}:${draft.port}`
    const times = (seen.get(address) ?? 0) + 1
    seen.set(address, times)
    return { id: times === 1 ? address : `${address}#${times}`, ...draft }
  })
}
