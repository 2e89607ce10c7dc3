import type { KubeObject } from '../../../kube/kube-object.ts'
import type { Container } from '../objects.ts'

/** The pod that a container is part of, at its address. */
export interface ContainerPlace {
  readonly pod: KubeObject
  readonly address: string
}

/** The variables of a container; one that refers to what is not known here is left out. */
export function environmentOf(
  { env = [] }: Container,
  place: ContainerPlace,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    env.flatMap(({ name, value, valueFrom }) => {
      const found = value ?? valueOfField(valueFrom?.fieldRef?.fieldPath, place)
      return found === undefined ? [] : [[name, found]]
    }),
  )
}

/** https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#available-fields */
function valueOfField(path: string | undefined, { pod, address }: ContainerPlace) {
  const { name, namespace, uid } = pod.metadata
  switch (path) {
    case 'metadata.name':
      return name
    case 'metadata.namespace':
      return namespace
    case 'metadata.uid':
      return uid
    case 'status.podIP':
      return address
    default:
      return undefined
  }
}
