import type { RequestContext } from './policy.ts'

/** What of a request may hold tokens. */
export type TokenBearer = Pick<RequestContext, 'headers' | 'query'>

/** `staysIn`: headers that are left as they are. */
type Remove = (bearer: TokenBearer, staysIn: (header: string) => boolean) => void

const removers = new WeakMap<object, readonly Remove[]>()

/** Notes that tokens of the request's client stay in it for policies and upstreams to see. */
export function noteKeptTokens(context: RequestContext, remove: Remove): void {
  removers.set(context, [...(removers.get(context) ?? []), remove])
}

/** Takes out of a copy of the request what was kept, for an upstream that has a credential of its own. */
export function removeKeptTokens(context: RequestContext, ...where: Parameters<Remove>): void {
  for (const remove of removers.get(context) ?? []) remove(...where)
}
