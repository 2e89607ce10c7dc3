import type { Static } from 'typebox'
import { count, decimal, duration, flag, free, object } from '../../../field.ts'
import { honoured, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'

const slow = 'a new host gets its full share from the start'
const acts = <Schema extends object>(schema: Schema) => honoured(behaviours.loadBalancer, schema)

const slowStartConfig = object('A slow start of new hosts.', {
  slowStartWindow: ignored(slow, duration('How long it takes.')),
  aggression: ignored(slow, decimal('How its share grows.')),
  minWeightPercent: ignored(slow, decimal('The share that it begins with.')),
})

/** `LoadBalancerConfig` of projects/gloo/api/v1/load_balancer.proto. */
export const LoadBalancerConfig = object('How requests are spread over the hosts.', {
  healthyPanicThreshold: honoured(
    behaviours.panicThreshold,
    decimal('Share of healthy hosts in percent below which health is disregarded; default 50.', {
      minimum: 0,
      maximum: 100,
    }),
  ),
  updateMergeWindow: ignored('changes take effect at once', duration('How long changes are held.')),
  roundRobin: acts(object('One after the other.', { slowStartConfig })),
  leastRequest: object('The least busy of some chosen at random.', {
    choiceCount: acts(count('How many are compared; default 2.')),
    slowStartConfig,
  }),
  random: acts(object('At random.', {})),
  ringHash: object('By hash on a ring.', {
    ringHashConfig: object('The size of the ring.', {
      minimumRingSize: acts(count('At least so many points.')),
      maximumRingSize: acts(count('At most so many points.')),
    }),
  }),
  maglev: acts(object('By hash in a Maglev table.', {})),
  localityWeightedLbConfig: ignored('hosts have no localities', free('Weights of localities.')),
  useHostnameForHashing: ignored(
    'hosts are hashed by their name and port as written',
    flag('Whether names rather than addresses are hashed.'),
  ),
  closeConnectionsOnHostSetChange: ignored(
    'connections to hosts that remain are kept',
    flag('Whether a change of the hosts closes connections.'),
  ),
})
export type LoadBalancerConfig = Static<typeof LoadBalancerConfig>
