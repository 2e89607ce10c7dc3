import type { UsageLabel } from '../../../ir/listener.ts'
import type { ObjectReference } from '../../../kube/kube-object.ts'
import type { FoundParameters } from '../../gateway-api/contribution.ts'
import type { Scope } from '../../gloo-core/options/source.ts'
import type { AiExtension } from '../kinds/ai-extension.ts'
import type { GatewayParametersSpec } from '../kinds/gateway-parameters.ts'
import { gatewayParametersKind } from '../names.ts'

/** Where Gloo's AI extension shows its metrics. */
const defaultMetricsPort = { name: 'ai-monitoring', port: 9092 }

/** Where the claims of a token stand. */
const claimsNamespace = 'envoy.filters.http.jwt_authn'

function metricsPortOf({ enabled, ports = [] }: AiExtension) {
  if (enabled !== true) return undefined
  const named = ports.find(({ name = '' }) => name.endsWith('-monitoring'))
  const { name = defaultMetricsPort.name, containerPort = defaultMetricsPort.port } = named ?? {}
  return { name, port: containerPort }
}

function usageLabelsOf({ stats }: AiExtension): readonly UsageLabel[] {
  return (stats?.customLabels ?? []).flatMap((label): readonly UsageLabel[] => {
    const { name = '', metadataNamespace, metadataKey = '', keyDelimiter } = label
    const keys = metadataKey.split(keyDelimiter || ':')
    return name === '' ? [] : [{ name, path: [metadataNamespace || claimsNamespace, ...keys] }]
  })
}

/** What GatewayParameters say of a gateway. */
export function findParameters(
  scope: Scope,
  { namespace, name }: ObjectReference,
): FoundParameters {
  const { objects, specs } = scope.source
  const object = objects.get(gatewayParametersKind, namespace, name)
  if (object === undefined) {
    const message = `GatewayParameters ${namespace}/${name} do not exist; create them or name others`
    return { type: 'invalid', message }
  }
  const { kube = {} } = specs.get<GatewayParametersSpec>(object)
  const { extraLabels = {}, extraAnnotations = {} } = kube.service ?? {}
  const { aiExtension = {} } = kube
  const metricsPort = metricsPortOf(aiExtension)
  return {
    type: 'found',
    service: { labels: extraLabels, annotations: extraAnnotations, metricsPort },
    usageLabels: usageLabelsOf(aiExtension),
  }
}
