/**
 * Titles of the behaviour tests that show the fields of this dialect at work. A field that is honoured
 * names one of them, so that the schema and the tests cannot drift apart.
 */
export const behaviours = {
  domains: 'a virtual service answers for its domains only',
  matcherPrefix: 'a prefix matcher takes every path that begins with it',
  matcherExact: 'an exact matcher takes the whole path',
  matcherRegex: 'a regex matcher takes the whole path',
  matcherCase: 'a matcher that is not case sensitive takes any case',
  matcherHeaders: 'header matchers choose the route',
  matcherQuery: 'query parameter matchers choose the route',
  matcherMethods: 'method matchers choose the route',
  single: 'a route forwards to its upstream',
  multi: 'destinations share requests by their weights',
  upstreamGroup: 'a route forwards to the members of an upstream group',
  kube: 'a route forwards to a Kubernetes Service',
  weightedHeaders: 'header changes of a weighted destination reach only that destination',
  redirect: 'a redirect names the new place and the status asked for',
  directResponse: 'a direct response has the status and body asked for',
  delegation: 'a route table answers for the routes delegated to it',
  delegationSelector:
    'a selector delegates to every route table with its labels, lower weights first',
  inheritableMatchers: 'delegated routes inherit the matchers of their parent',
  externalOptions: 'options of referenced objects fill in what the route does not set',
  headerPrecedence: 'the most specific header change wins where the gateway says so',
  listener: 'a gateway listens on the ports of its proxy Service',
  tls: 'a TLS gateway presents the certificate of the server name asked for',
  clientCertificates:
    'a TLS gateway demands a client certificate where the secret has an authority',
  gatewaySelection: 'a gateway serves the virtual services that it selects',
  gatewayOptions: 'options of referenced objects fill in what the gateway does not set',
  directResponseLimit: 'a direct response above the size limit is rejected',
} as const
