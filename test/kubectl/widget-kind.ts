import type { KindDefinition } from '../../src/kube/kind-definition.ts'

/** A kind as vendors have them: unknown fields stay, with a status, a scale and columns. */
export const widget: KindDefinition = {
  group: 'example.com',
  kind: 'Widget',
  plural: 'widgets',
  singular: 'widget',
  shortNames: ['wd'],
  categories: ['all'],
  scope: 'Namespaced',
  unknownFields: 'keep',
  versions: [
    {
      name: 'v1',
      served: true,
      storage: true,
      statusSubresource: true,
      scaleSubresource: {
        specReplicasPath: '.spec.replicas',
        statusReplicasPath: '.status.replicas',
      },
      columns: [
        { name: 'Color', type: 'string', value: '.spec.color' },
        { name: 'Ports', type: 'string', value: '.spec.ports[*].port', priority: 1 },
      ],
      schema: {
        type: 'object',
        description: 'Something to try verbs on.',
        properties: {
          spec: {
            type: 'object',
            description: 'What is wanted.',
            required: ['color'],
            properties: {
              color: {
                type: 'string',
                description: 'How it looks.',
                enum: ['red', 'green', 'blue'],
              },
              replicas: { type: 'integer', minimum: 0 },
              ports: {
                type: 'array',
                'x-kubernetes-list-type': 'map',
                'x-kubernetes-list-map-keys': ['port'],
                items: {
                  type: 'object',
                  required: ['port'],
                  properties: { port: { type: 'integer' }, name: { type: 'string' } },
                },
              },
            },
          },
          status: {
            type: 'object',
            properties: {
              replicas: { type: 'integer' },
              conditions: {
                type: 'array',
                items: {
                  type: 'object',
                  properties: { type: { type: 'string' }, status: { type: 'string' } },
                },
              },
            },
          },
        },
      },
    },
  ],
}
