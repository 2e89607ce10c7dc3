import type { KubeObject } from '../../../kube/kube-object.ts'
import { fieldAt, listAt, textAt } from '../fields.ts'
import {
  authConfigType,
  rateLimitConfigType,
  routeOptionType,
  upstreamType,
  virtualHostOptionType,
} from '../resources.ts'

/** The objects that were read so far, by the plural of their kind; kinds that are not served are missing. */
export type KnownObjects = ReadonlyMap<string, readonly KubeObject[]>

interface Reference {
  /** Plural of the kind that it points at. */
  readonly plural: string
  /** As the message names the kind. */
  readonly noun: string
  readonly label: string
  readonly reference: unknown
}

/** What a VirtualService refers to and nobody has. Kinds that were not read are not judged. */
export function findDanglingReferences(object: KubeObject, known: KnownObjects): string[] {
  const place = `${object.metadata.namespace ?? ''} ${object.metadata.name}`
  return referencesOf(object).flatMap(({ plural, noun, label, reference }) => {
    const objects = known.get(plural)
    if (objects === undefined) return []
    // A reference without a namespace stays in that of its object.
    const namespace = textAt(reference, 'namespace') || (object.metadata.namespace ?? '')
    const name = textAt(reference, 'name')
    const exists = objects.some(
      ({ metadata }) => metadata.name === name && (metadata.namespace ?? '') === namespace,
    )
    if (exists) return []
    return [
      `Virtual service references unknown ${noun}: (Virtual service: ${place} | ${label}: ${namespace} ${name})`,
    ]
  })
}

function referencesOf(object: KubeObject): Reference[] {
  const host = fieldAt(object, 'spec', 'virtualHost')
  const routes = listAt(host, 'routes')
  return [
    ...routes.flatMap(upstreamReference),
    ...[host, ...routes, ...routes.flatMap(weightedDestinations)].flatMap(policyReferences),
    ...listAt(host, 'optionsConfigRefs', 'delegateOptions').map((reference) => ({
      ...{ plural: virtualHostOptionType.plural, noun: 'VirtualHostOption' },
      ...{ label: 'VirtualHostOption', reference },
    })),
    ...routes
      .flatMap((route) => listAt(route, 'optionsConfigRefs', 'delegateOptions'))
      .map((reference) => ({
        ...{ plural: routeOptionType.plural, noun: 'RouteOption', label: 'RouteOption', reference },
      })),
  ]
}

const weightedDestinations = (route: unknown) =>
  listAt(route, 'routeAction', 'multi', 'destinations')

function upstreamReference(route: unknown): Reference[] {
  const reference = fieldAt(route, 'routeAction', 'single', 'upstream')
  if (reference === undefined) return []
  return [{ plural: upstreamType.plural, noun: 'upstream', label: 'Upstream', reference }]
}

/** Of anything that has `options`: a virtual host, a route, a weighted destination. */
function policyReferences(holder: unknown): Reference[] {
  const auth = fieldAt(holder, 'options', 'extauth', 'configRef')
  const limits = listAt(holder, 'options', 'rateLimitConfigs', 'refs')
  return [
    ...(auth === undefined
      ? []
      : [
          {
            ...{ plural: authConfigType.plural, noun: 'auth config' },
            ...{ label: 'Auth Config', reference: auth },
          },
        ]),
    ...limits.map((reference) => ({
      ...{ plural: rateLimitConfigType.plural, noun: 'rate limit config' },
      ...{ label: 'Rate Limit Config', reference },
    })),
  ]
}
