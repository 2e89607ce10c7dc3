import type { LoadBalancer } from '../../../ir/backend.ts'
import { type Balancer, pickWeighted } from './balancer.ts'
import { LeastRequestBalancer } from './least-request.ts'
import { MaglevBalancer } from './maglev.ts'
import { RingHashBalancer } from './ring-hash.ts'
import { RoundRobinBalancer } from './round-robin.ts'

/** Makes the balancer that `config` asks for. */
export function createBalancer(config: LoadBalancer, random: () => number): Balancer {
  switch (config.type) {
    case 'round-robin':
      return new RoundRobinBalancer(random)
    case 'random':
      return { pick: (endpoints) => pickWeighted(endpoints, random()) }
    case 'least-request':
      return new LeastRequestBalancer(config.choiceCount, random)
    case 'ring-hash':
      return new RingHashBalancer(config, random)
    case 'maglev':
      return new MaglevBalancer(random)
  }
}
