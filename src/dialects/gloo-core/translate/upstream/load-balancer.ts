import type { LoadBalancer } from '../../../../ir/backend.ts'
import type { LoadBalancerConfig } from '../../kinds/upstream/load-balancer-config.ts'
import type { Findings } from '../findings.ts'

const types = ['roundRobin', 'leastRequest', 'random', 'ringHash', 'maglev'] as const

/** Envoy's sizes of a hash ring (api/envoy/config/cluster/v3/cluster.proto). */
const defaultMinimumRingSize = 1024
const defaultMaximumRingSize = 8_388_608

/** The load balancer; round robin unless another one is chosen. */
export function translateLoadBalancer(
  config: LoadBalancerConfig,
  findings: Findings,
): LoadBalancer {
  const [type, ...others] = types.filter((name) => config[name] !== undefined)
  if (others.length > 0) {
    findings.errors.push(
      `loadBalancerConfig: only one of ${[type, ...others].join(', ')} can be set`,
    )
  }
  switch (type) {
    case 'leastRequest':
      return {
        type: 'least-request',
        choiceCount: Math.max(2, config.leastRequest?.choiceCount ?? 2),
      }
    case 'random':
      return { type: 'random' }
    case 'ringHash': {
      const { minimumRingSize = defaultMinimumRingSize, maximumRingSize = defaultMaximumRingSize } =
        config.ringHash?.ringHashConfig ?? {}
      if (minimumRingSize > maximumRingSize || maximumRingSize > defaultMaximumRingSize) {
        findings.errors.push(
          `loadBalancerConfig.ringHash: sizes must satisfy minimum <= maximum <= ${defaultMaximumRingSize}`,
        )
      }
      return { type: 'ring-hash', minimumRingSize, maximumRingSize }
    }
    case 'maglev':
      return { type: 'maglev' }
    default:
      return { type: 'round-robin' }
  }
}
