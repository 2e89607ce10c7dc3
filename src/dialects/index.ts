import { core } from './core/index.ts'
import type { Dialect } from './dialect.ts'
import { createGatewayApi } from './gateway-api/index.ts'
import { glooCore } from './gloo-core/index.ts'
import { glooEdge } from './gloo-edge/index.ts'
import { glooGateway, glooGatewayContribution } from './gloo-gateway/index.ts'

/** Every dialect, in the order in which their translations are merged. */
export const dialects: readonly Dialect[] = [
  core,
  createGatewayApi([glooGatewayContribution]),
  glooCore,
  glooGateway,
  glooEdge,
]
