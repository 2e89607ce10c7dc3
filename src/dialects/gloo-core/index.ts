import type { Dialect, Translation, Translator } from '../dialect.ts'
import { emptyConfiguration } from '../empty-configuration.ts'
import {
  httpListenerOptionKind,
  listenerOptionKind,
  routeOptionKind,
  virtualHostOptionKind,
} from './kinds/option-kinds.ts'
import { proxy } from './kinds/proxy.ts'
import { rateLimitConfig, rateLimitConfigKind } from './kinds/rate-limit/rate-limit-config.ts'
import { settings } from './kinds/settings.ts'
import { upstream } from './kinds/upstream/upstream.ts'
import { upstreamGroup } from './kinds/upstream-group.ts'
import { addGlooErrors } from './status/add-errors.ts'
import { controllerNamespace } from './status/report.ts'
import { rateLimitConfigStatus } from './translate/rate-limit/rate-limit-config.ts'
import { createUpstreamTranslator } from './translate/upstream-translator.ts'

/** The kinds that Gloo's APIs share, and its Upstreams as backends. */
export const glooCore: Dialect = {
  name: 'gloo-core',
  kinds: [
    ...[upstream, upstreamGroup, settings, proxy, rateLimitConfig],
    ...[routeOptionKind, virtualHostOptionKind, listenerOptionKind, httpListenerOptionKind],
  ],
  seeds: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: controllerNamespace } }],
  createTranslator,
  addErrors: addGlooErrors,
}

function createTranslator(): Translator {
  const upstreams = createUpstreamTranslator()
  return {
    translate(objects): Translation {
      const { backends, statuses, secretIds } = upstreams.translate(objects)
      const limits = objects.list(rateLimitConfigKind).map(rateLimitConfigStatus)
      return {
        configuration: { ...emptyConfiguration, backends },
        statuses: [...statuses, ...limits],
        secretIds,
      }
    },
  }
}
