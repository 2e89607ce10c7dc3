import { choice, list } from '../../../field.ts'
import { honoured, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'
import { atomic, hostname } from './scalars.ts'

/** The host names that a route of any kind is for. */
export const routeHostnames = () =>
  honoured(
    behaviours.hostnames,
    list('Host names; every one of the listener unless given.', hostname('One.', 'wildcard'), {
      maxItems: 16,
      ...atomic,
    }),
  )

/** Whether a route of any kind asks for default Gateways. */
export const useDefaultGateways = () =>
  ignored(
    'routes attach to the Gateways that they name',
    choice('Which default Gateways serve it.', ['All', 'None']),
  )
