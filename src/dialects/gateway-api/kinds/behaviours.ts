/**
 * Titles of the behaviour tests that show the fields of this dialect at work. A field that is honoured
 * names one of them, so that the schema and the tests cannot drift apart.
 */
export const behaviours = {
  gatewayClass: 'a gateway is served when its class names this controller',
  listener: 'a gateway listens on an address of its own and reports it',
  staticAddress: 'a gateway gets the address that it asks for',
  allowedRoutes: 'a listener takes routes of the namespaces and kinds that it allows',
  listenerSets: 'a ListenerSet adds listeners to a gateway that allows it',
  hostnames: 'a route answers for the hostnames that it shares with its listener',
  isolation: 'a request meets the routes of the most specific listener only',
  tls: 'an HTTPS listener presents the certificate of its hostname',
  infrastructure: 'labels and annotations of the infrastructure reach the service of the gateway',
  parentRefs: 'a route attaches to the listeners that its parent reference names',
  pathMatch: 'exact, prefix and regular expression matches choose by path',
  headerMatch: 'header matches choose the route',
  queryMatch: 'query parameter matches choose the route',
  methodMatch: 'method matches choose the route',
  weights: 'backends share requests by their weights and a missing one answers 500 for its share',
  crossNamespace: 'a backend of another namespace is reached only while it is granted',
  requestHeaders: 'request headers are set, added and removed',
  responseHeaders: 'response headers are set, added and removed',
  backendHeaders: 'header filters of a backend change the requests of that backend only',
  backendRedirect: 'a redirect of a backend answers its share of the requests',
  backendRewrite: 'a rewrite of a backend changes the requests of that backend only',
  backendMirror: 'a mirror of a backend receives copies of the requests of that backend only',
  redirect: 'a redirect names scheme, host, port, path and status',
  urlRewrite: 'a rewrite changes the host and path that the backend sees',
  mirror: 'mirrors receive their share of copies',
  cors: 'a preflight is answered by the CORS filter of the rule',
  requestTimeout: 'a request that takes longer than its time-out answers 504',
  backendTimeout: 'a try that takes longer than its time-out answers 504',
  retry: 'a request is tried again as the retry stanza says',
  session: 'requests of one session reach the same endpoint',
  grpcMatch: 'method and header matches choose the gRPC route',
  backendTls: 'a backend with a TLS policy is reached by verified TLS',
  checkedClients:
    'an HTTPS listener serves only clients with a certificate of the authority that its port names',
  insecureClients:
    'an insecure fallback serves clients without a valid certificate, and the gateway says so',
  clientCertificate:
    'the client certificate of a gateway is presented to backends with a TLS policy',
  extensionRef: 'a filter that nobody knows answers 500',
} as const
