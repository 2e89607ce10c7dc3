import type { KubeObject } from '../../../../kube/kube-object.ts'
import { resolveReference } from '../../../gloo-core/reference.ts'
import { texts } from '../../conditions.ts'
import type { HttpGateway } from '../../kinds/fields/http-gateway.ts'
import { findExpressionError, matchesExpressions, matchesLabels } from '../label-selector.ts'

interface Selection {
  readonly virtualServices: readonly KubeObject[]
  readonly errors: readonly string[]
}

const isEmpty = (value: object | undefined) =>
  value === undefined || Object.keys(value).length === 0

function matchesNamespaces({ virtualServiceNamespaces = [] }: HttpGateway, object: KubeObject) {
  const { namespace = '' } = object.metadata
  return (
    virtualServiceNamespaces.length === 0 ||
    virtualServiceNamespaces.includes('*') ||
    virtualServiceNamespaces.includes(namespace)
  )
}

function selectByReference(
  references: NonNullable<HttpGateway['virtualServices']>,
  candidates: readonly KubeObject[],
  gatewayNamespace: string,
): Selection {
  const errors: string[] = []
  const wanted = new Set<string>()
  for (const value of references) {
    const reference = resolveReference(value, gatewayNamespace)
    const name = reference === undefined ? '' : `${reference.namespace}.${reference.name}`
    if (candidates.some(({ metadata }) => `${metadata.namespace}.${metadata.name}` === name)) {
      wanted.add(name)
    } else {
      errors.push(texts.invalidVirtualServiceReference(name))
    }
  }
  const virtualServices = candidates.filter(({ metadata }) =>
    wanted.has(`${metadata.namespace}.${metadata.name}`),
  )
  return { virtualServices, errors }
}

/** The virtual services that an HTTP gateway asks for, whether it can serve their TLS or not. */
export function selectVirtualServices(
  gateway: HttpGateway,
  candidates: readonly KubeObject[],
  gatewayNamespace: string,
): Selection {
  const { virtualServiceExpressions, virtualServiceSelector = {}, virtualServices } = gateway
  if (virtualServiceExpressions !== undefined) {
    const expressions = virtualServiceExpressions.expressions ?? []
    const errors = expressions.flatMap((expression) => {
      const error = findExpressionError(expression)
      return error === undefined ? [] : [texts.invalidVirtualServiceExpression(error)]
    })
    const selected = candidates.filter(
      (object) =>
        errors.length === 0 &&
        matchesNamespaces(gateway, object) &&
        matchesExpressions(object.metadata.labels ?? {}, expressions),
    )
    return { virtualServices: selected, errors }
  }
  if (!isEmpty(virtualServiceSelector)) {
    const selected = candidates.filter(
      (object) =>
        matchesNamespaces(gateway, object) &&
        matchesLabels(object.metadata.labels ?? {}, virtualServiceSelector),
    )
    return { virtualServices: selected, errors: [] }
  }
  if (virtualServices !== undefined && virtualServices.length > 0) {
    return selectByReference(virtualServices, candidates, gatewayNamespace)
  }
  return {
    virtualServices: candidates.filter((object) => matchesNamespaces(gateway, object)),
    errors: [],
  }
}
