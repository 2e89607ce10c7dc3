import type { Static } from 'typebox'
import { choice, count, list, map, object, text } from '../../../field.ts'
import { honoured, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'
import { serviceSpec } from './service-spec.ts'

const subsets = 'requests are spread over all endpoints of the Service'

/** `UpstreamSpec` of projects/gloo/api/v1/options/kubernetes/kubernetes.proto. */
export const KubeSpec = object('A port of a Kubernetes Service.', {
  serviceName: honoured(behaviours.kube, text('Name of the Service.')),
  serviceNamespace: honoured(behaviours.kube, text('Namespace of the Service.')),
  servicePort: honoured(behaviours.kube, count('Port of the Service.')),
  selector: ignored(
    'the endpoints of the Service are used, whatever their labels',
    map('Labels of the pods.', text('A label value.')),
  ),
  serviceSpec,
  subsetSpec: object('How endpoints are divided by labels.', {
    selectors: list(
      'Divisions.',
      object('One division.', {
        keys: ignored(subsets, list('Labels that divide.', text('A label.'))),
        singleHostPerSubset: ignored(subsets, text('Whether a part has one host.')),
      }),
    ),
    defaultSubset: object('The part for requests that name none.', {
      values: ignored(subsets, map('Labels.', text('A value.'))),
    }),
    fallbackPolicy: ignored(
      subsets,
      choice('What happens when a part is empty.', [
        'ANY_ENDPOINT',
        'DEFAULT_SUBSET',
        'NO_FALLBACK',
      ]),
    ),
  }),
})
export type KubeSpec = Static<typeof KubeSpec>
