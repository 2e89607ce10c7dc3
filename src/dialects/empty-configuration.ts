import type { Configuration } from '../ir/configuration.ts'

/** A configuration without nodes. */
export const emptyConfiguration: Configuration = {
  listeners: new Map(),
  virtualHosts: new Map(),
  routes: new Map(),
  backends: new Map(),
  policies: new Map(),
}
