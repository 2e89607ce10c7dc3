import { gatewayError } from '../../errors/gateway-error.ts'
import type { Origin } from '../../ir/origin.ts'
import { HeaderList } from '../../lib/http/header-list.ts'
import type { Tokenizer } from '../../lib/tokenizer/shared-tokenizer.ts'
import { createCounterMemory } from '../../limits/memory/counter-memory.ts'
import { MemoryCounterStore } from '../../limits/memory/memory-counter-store.ts'
import type { Attempt, PolicyServices, RequestContext, ResponseHead } from '../policy.ts'

/** Where the configuration of a policy under test comes from. */
export const testOrigin: Origin = {
  kind: 'VirtualService',
  namespace: 'apps',
  name: 'shop',
  fieldPath: 'spec.virtualHost.options',
}

/** A request for tests of policies. */
export function requestContext(parts: Partial<RequestContext> = {}): RequestContext {
  return {
    method: 'GET',
    path: '/path',
    query: '?q=1',
    host: 'shop.example',
    scheme: 'https',
    protocol: 'HTTP/1.1',
    requestId: 'id-1',
    clientAddress: '192.0.2.7',
    peerAddress: '192.0.2.7',
    peerPort: 4711,
    startTimeMs: Date.UTC(2026, 10, 20, 9, 5, 7, 42),
    routeId: 'route',
    signal: new AbortController().signal,
    headers: new HeaderList(),
    metadata: new Map(),
    modelCall: undefined,
    ...parts,
  }
}

/** A try for tests of policies. */
export function attempt(flat: string[] = []): Attempt {
  return {
    number: 1,
    backendName: 'backend',
    endpointHost: 'upstream.example',
    endpointPort: 443,
    headers: new HeaderList(flat),
  }
}

/** An answer's head for tests of policies. */
export function responseHead(flat: string[] = [], status = 200): ResponseHead {
  return { status, headers: new HeaderList(flat) }
}

/** Services for tests of policies, without secrets unless given. */
export function policyServices(parts: Partial<PolicyServices> = {}): PolicyServices {
  const memory = createCounterMemory(1024, new Uint8Array(16))
  return {
    random: () => 0.5,
    secretValue: () => undefined,
    keySet: () => undefined,
    counters: new MemoryCounterStore(memory),
    tokenizer: wordTokenizer,
    callBackend: () => Promise.resolve(gatewayError('backend-not-found', 'no such backend')),
    unixTimeMs: () => Date.UTC(2026, 10, 20, 9, 5, 7, 42),
    ...parts,
  }
}

/** The part of a counter store that tests of plain counting do not need. */
export const noReservations = { reserve: () => ({ type: 'unavailable' }) as const }

/** A word is a token; for tests that are not about tokens. */
const wordTokenizer: Tokenizer = {
  load: () => undefined,
  count: (texts) => texts.flatMap((text) => text.split(' ').filter((word) => word !== '')).length,
}
