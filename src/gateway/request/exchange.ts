import type { GatewayError } from '../../errors/gateway-error.ts'
import type { HeaderList } from '../../lib/header-list.ts'
import type { RequestContext } from '../../policies/policy.ts'
import type {
  CompiledDestination,
  CompiledVirtualHost,
  PolicyChain,
  RoutedRequest,
  RouteMatch,
} from '../../snapshot/snapshot.ts'
import type { ClientRequest, Ingress } from '../request-handler.ts'
import type { ClientSink } from '../response/client-sink.ts'
import { applyForwardedHeaders } from './forwarded-headers.ts'
import type { RequestHead } from './read-head.ts'
import type { RequestBody } from './request-body.ts'
import type { RequestServices } from './request-services.ts'

/** What runs for a request at upstreams and can be given up. */
export interface Forwarding {
  /** The request is over: stop what runs. */
  cancel(): void
}

/** One request and its answer: everything that is known of it while it lives. */
export class Exchange implements RequestContext, RoutedRequest {
  readonly services: RequestServices
  readonly request: ClientRequest
  readonly sink: ClientSink
  readonly ingress: Ingress
  readonly startTimeMs: number
  readonly peerAddress: string
  readonly peerPort: number
  method = ''
  path = '/'
  query = ''
  host = ''
  protocol: 'HTTP/1.0' | 'HTTP/1.1' | 'HTTP/2' = 'HTTP/1.1'
  requestId = ''
  clientAddress = ''
  headers!: HeaderList
  head: RequestHead | undefined
  body: RequestBody | undefined
  virtualHost: CompiledVirtualHost | undefined
  match: RouteMatch | undefined
  destination: CompiledDestination | undefined
  rematched = false
  forwarding: Forwarding | undefined
  status = 0
  attempts = 0
  requestBytes = 0
  responseBytes = 0
  error: GatewayError | undefined
  upstreamHeadMs: number | undefined
  firstByteMs: number | undefined
  backendName: string | undefined
  upstreamHost: string | undefined
  upstreamPath: string | undefined
  completed = false
  #abort: AbortController | undefined
  #metadata: Map<string, unknown> | undefined
}
