import type { Origin } from '../../../../ir/origin.ts'
import type { RouteAction } from '../../../../ir/route.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import type { HttpListenerOptions } from '../../../gloo-core/kinds/listener-options/http-listener-options.ts'
import type { RouteOptions } from '../../../gloo-core/kinds/options/route-options.ts'
import type { VirtualHostOptions } from '../../../gloo-core/kinds/options/virtual-host-options.ts'
import {
  adviceOf,
  firewallOf,
  protectionsOf,
} from '../../../gloo-core/options/access/protection.ts'
import { readHttpSettings } from '../../../gloo-core/options/listener/http-settings.ts'
import { optionSetOf } from '../../../gloo-core/options/option-set.ts'
import { fieldOf } from '../../../gloo-core/options/place.ts'
import type { Scope } from '../../../gloo-core/options/source.ts'
import { texts } from '../../../gloo-core/options/texts.ts'
import {
  readVirtualHost,
  type VirtualHostPolicies,
} from '../../../gloo-core/options/virtual-host.ts'
import type { GlooReport } from '../../../gloo-core/status/report.ts'
import { EffectReport } from '../options/effect-report.ts'
import { optionsOf } from '../options/merge-options.ts'
import { translateOptions } from '../options/translate-options.ts'

const originOf = ({ kind, metadata: { namespace = '', name } }: KubeObject): Origin => ({
  kind,
  namespace,
  name,
  fieldPath: 'spec.options',
})

/** A virtual host that says nothing. */
const silentHost = (fallback: Origin): VirtualHostPolicies => ({
  ...{ headers: undefined, blockedBy: undefined, cors: undefined, mergeExposeHeaders: false },
  ...{ retries: undefined, jwt: [], rbac: undefined, protections: [] },
  limits: { options: { values: {}, origins: {} }, fallback },
})

const anyAction: RouteAction = {
  ...{ type: 'forward', destinations: [], pathRewrite: undefined, hostRewrite: undefined },
  ...{ appendForwardedHost: false, timeoutMs: 0, idleTimeoutMs: undefined, retry: undefined },
  ...{ mirrors: [], websocket: true, hashPolicies: [] },
}

/** What is wrong with the options of a RouteOption, whatever they are attached to. */
export function checkRouteOption(scope: Scope, object: KubeObject): GlooReport {
  const place = originOf(object)
  const options = optionsOf<RouteOptions>(scope.source.specs, object)
  const report = new EffectReport()
  const rule = {
    ...{ id: '', place, action: anyAction, policies: [], options, websocket: undefined },
    ...{ virtualHost: silentHost(place), gatewayProtections: [] },
  }
  translateOptions(scope, rule, report)
  const unprotected = protectionsOf(options, place).filter(({ wanted }) => wanted)
  return {
    errors: report.errors,
    warnings: [
      ...report.warnings,
      ...unprotected.map((missing) => texts.optionUnprotected(adviceOf(missing))),
    ],
  }
}

/** What is wrong with the options of a VirtualHostOption. */
export function checkVirtualHostOption(scope: Scope, object: KubeObject): GlooReport {
  const place = originOf(object)
  const { values } = optionsOf<VirtualHostOptions>(scope.source.specs, object)
  // Settings that demand rbac are met by all options of a listener together, not by each.
  const own = optionSetOf({ ...values, rbac: values.rbac ?? { disable: true } }, place)
  const { findings } = readVirtualHost(scope, own, place)
  const of = (severity: 'error' | 'warning') =>
    findings.filter((finding) => finding.severity === severity).map(({ text }) => text)
  return { errors: of('error'), warnings: of('warning') }
}

/** What is wrong with the options of an HttpListenerOption. */
export function checkHttpListenerOption(scope: Scope, object: KubeObject): GlooReport {
  const place = originOf(object)
  const { values } = optionsOf<HttpListenerOptions>(scope.source.specs, object)
  const { httpConnectionManagerSettings = {}, waf } = values
  const fieldPath = 'spec.options.httpConnectionManagerSettings'
  const { errors } = readHttpSettings(httpConnectionManagerSettings, fieldPath)
  const unprotected = firewallOf(waf, fieldOf(place, 'waf')).filter(({ wanted }) => wanted)
  const warnings = unprotected.map((missing) => texts.optionUnprotected(adviceOf(missing)))
  return { errors, warnings }
}
