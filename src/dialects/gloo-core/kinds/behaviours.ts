/**
 * Titles of the behaviour tests that show the fields of Upstreams at work. A field that is honoured names one of them, so
 * that schema and tests cannot drift apart.
 */
export const behaviours = {
  staticHosts: 'a static upstream sends requests to its hosts',
  weights: 'hosts share requests by their weights',
  useTls: 'a static upstream speaks TLS where it says so or has a host on port 443',
  serverName: 'the server name of the handshake is the one of the host that was chosen',
  upstreamTls: 'an upstream is verified and identified as its sslConfig says',
  http2: 'an upstream with useHttp2 is spoken to by HTTP/2',
  followProtocol: 'an upstream may follow the protocol of the client',
  loadBalancer: 'requests are spread as the load balancer of the upstream says',
  panicThreshold: 'below the panic threshold unhealthy hosts get requests too',
  connectTimeout: 'an upstream that does not take the connection in time counts as failed',
  connectionLimits: 'connections to an upstream end after the requests and the idle time allowed',
  circuitBreakers: 'requests above the limits of an upstream are refused at once',
  outlierDetection: 'a host that fails repeatedly is left out for a while',
  healthChecks: 'a host whose health check fails gets no requests',
  failover: 'requests go to the next priority while the hosts before it are unhealthy',
  kube: 'a kube upstream sends requests to the ready endpoints of its Service',
  group: 'an upstream group shares requests among its destinations by weight',
  rateLimitConfig: 'requests above the limits of a RateLimitConfig are refused',
  rateLimitServer: 'settings decide when limits are checked and what answers say of them',
  requireRbac: 'where settings require RBAC, virtual hosts without it are not served',
} as const
