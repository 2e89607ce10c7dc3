import {
  choice,
  count,
  flag,
  integer,
  integerOrText,
  list,
  map,
  object,
  text,
} from '../../../field.ts'
import { approximated, honoured, ignored, informational } from '../../../verdict.ts'

const atomic = { 'x-kubernetes-list-type': 'atomic' } as const

const port = object(
  'A port of the Service.',
  {
    appProtocol: text('What is spoken there, such as kubernetes.io/h2c.'),
    name: text('Name of the port; needed where there are several.'),
    nodePort: integer('The port on every node.', { format: 'int32' }),
    port: integer('The port that clients call.', { format: 'int32' }),
    protocol: text('TCP, UDP or SCTP.', { default: 'TCP' }),
    targetPort: integerOrText('Number or name of the port of the pods; the same port by default.'),
  },
  ['port'],
)

const condition = object(
  'One statement about the Service.',
  {
    lastTransitionTime: text('When the status changed last.', { format: 'date-time' }),
    message: text('A sentence for people.'),
    observedGeneration: count('The generation that it is about.', { format: 'int64' }),
    reason: text('One word that says why.'),
    status: text('True, False or Unknown.'),
    type: text('What it is about.'),
  },
  ['lastTransitionTime', 'message', 'reason', 'status', 'type'],
)

const ingress = object('A place where the balancer takes requests.', {
  hostname: text('Its name.'),
  ip: text('Its address.'),
  ipMode: text('How packets arrive: VIP or Proxy.'),
  ports: list(
    'Its ports.',
    object(
      'One port.',
      {
        error: text('What is wrong with it.'),
        port: integer('Its number.', { format: 'int32' }),
        protocol: text('Its protocol.'),
      },
      ['port', 'protocol'],
    ),
    atomic,
  ),
})

const target = 'a kube upstream sends requests to the ready endpoints of its Service'
const runs = 'a Deployment of a known image runs each replica at an address of its own'
const balancer = 'a gateway listens on the ports of its proxy Service'
const reasons = {
  nodes: 'there are no nodes that could take traffic for the Service',
  pool: 'the address comes from the address pool',
  open: 'the balancer takes requests from every address that reaches it',
  ready: 'requests are spread over all ready endpoints',
} as const

const spec = object('What is wanted.', {
  allocateLoadBalancerNodePorts: informational(flag('Whether a balancer needs node ports.')),
  clusterIP: informational(text('Address inside the cluster; None for none.')),
  clusterIPs: informational(list('Addresses inside the cluster.', text('An address.'), atomic)),
  externalIPs: ignored(
    reasons.nodes,
    list('Addresses of nodes that take its traffic.', text('An address.'), atomic),
  ),
  externalName: honoured(target, text('The DNS name that an ExternalName Service stands for.')),
  externalTrafficPolicy: informational(text('Cluster or Local.')),
  healthCheckNodePort: informational(
    integer('Port of the health check of a Local balancer.', {
      format: 'int32',
    }),
  ),
  internalTrafficPolicy: informational(text('Cluster or Local.')),
  ipFamilies: informational(list('IPv4, IPv6.', text('A family.'), atomic)),
  ipFamilyPolicy: informational(text('SingleStack, PreferDualStack or RequireDualStack.')),
  loadBalancerClass: ignored(reasons.pool, text('Who provides the balancer.')),
  loadBalancerIP: approximated(
    'an address of the pool is given while it is free, else another one and an event',
    'a Service gets the address of the pool that it asks for, or another one and an event',
    text('The address wished for.'),
  ),
  loadBalancerSourceRanges: ignored(
    reasons.open,
    list('Who may call the balancer.', text('A CIDR.'), atomic),
  ),
  ports: honoured(
    target,
    list('Its ports.', port, {
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['port', 'protocol'],
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-patch-merge-key': 'port',
    }),
  ),
  publishNotReadyAddresses: ignored(
    reasons.ready,
    flag('Whether pods that are not ready are published too.'),
  ),
  selector: honoured(
    runs,
    map('Labels of the pods that serve it.', text('A label value.'), {
      'x-kubernetes-map-type': 'atomic',
    }),
  ),
  sessionAffinity: informational(text('None or ClientIP.')),
  sessionAffinityConfig: ignored(
    reasons.ready,
    object('How affinity works.', {
      clientIP: object('Affinity by address.', {
        timeoutSeconds: integer('How long it lasts.', { format: 'int32' }),
      }),
    }),
  ),
  trafficDistribution: ignored(reasons.ready, text('Which endpoints are preferred.')),
  type: honoured(
    balancer,
    choice('How it is reached.', ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']),
  ),
})

/** `v1/Service`. */
export const schema = object('A name and address for a set of endpoints.', {
  spec,
  status: informational(
    object('What is.', {
      conditions: list('Statements about the Service.', condition, {
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['type'],
        'x-kubernetes-patch-strategy': 'merge',
        'x-kubernetes-patch-merge-key': 'type',
      }),
      loadBalancer: object('What the balancer gave.', {
        ingress: list('Where it takes requests.', ingress, atomic),
      }),
    }),
  ),
})
