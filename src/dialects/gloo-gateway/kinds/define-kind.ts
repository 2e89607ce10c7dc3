import type { TSchema } from 'typebox'
import type { KindDefinition } from '../../../kube/kind-definition.ts'
import { free, structural } from '../../field.ts'
import { glooGatewayGroup } from '../names.ts'

interface OwnKind extends Pick<KindDefinition, 'kind' | 'plural' | 'shortNames'> {
  readonly description: string
  readonly spec: TSchema
}

/** A kind of `gateway.gloo.solo.io/v1alpha1`. */
export const defineKind = ({
  kind,
  plural,
  shortNames,
  description,
  spec,
}: OwnKind): KindDefinition => ({
  group: glooGatewayGroup,
  kind,
  plural,
  singular: kind.toLowerCase(),
  shortNames,
  categories: ['gloo-gateway'],
  scope: 'Namespaced',
  unknownFields: 'keep',
  versions: [
    {
      name: 'v1alpha1',
      served: true,
      storage: true,
      schema: {
        type: 'object',
        description,
        properties: {
          spec: structural(spec),
          status: structural(free('Nothing is reported here.')),
        },
      },
      columns: [],
      statusSubresource: true,
    },
  ],
})
