import { describe, expect, test } from 'vitest'
import type { KindDefinition, KindVersion } from '../kind-definition.ts'
import { aggregatedDiscovery } from './aggregated-discovery.ts'
import { arrangeApiGroups, compareVersions } from './arrange-api-groups.ts'
import { coreVersions, groupList, resourceList } from './plain-discovery.ts'

const version: KindVersion = {
  name: 'v1',
  served: true,
  storage: true,
  schema: { type: 'object' },
  columns: [],
  statusSubresource: true,
  scaleSubresource: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
}
const widget: KindDefinition = {
  group: 'example.com',
  kind: 'Widget',
  plural: 'widgets',
  singular: 'widget',
  shortNames: ['wd'],
  categories: ['all'],
  scope: 'Namespaced',
  versions: [
    { ...version, name: 'v1beta1', storage: false },
    version,
    { ...version, name: 'v1alpha1', served: false, storage: false },
  ],
  unknownFields: 'keep',
}
const groups = arrangeApiGroups([widget])

describe('discovery', () => {
  test('lists groups with the stable version preferred and unserved ones left out', () => {
    expect(groupList(groups)).toMatchObject({
      groups: [
        {
          name: 'example.com',
          preferredVersion: { version: 'v1' },
          versions: [{ groupVersion: 'example.com/v1' }, { groupVersion: 'example.com/v1beta1' }],
        },
        { name: 'authentication.k8s.io' },
        { name: 'authorization.k8s.io' },
      ],
    })
    expect(coreVersions(groups, 'localhost:1')).toMatchObject({ versions: [] })
  })

  test('lists resources and their subresources', () => {
    const [, group] = groups
    const [first] = group?.versions ?? []
    if (!group || !first) throw new Error('the group is missing')
    expect(resourceList(group, first)).toMatchObject({
      groupVersion: 'example.com/v1',
      resources: [
        { name: 'widgets', singularName: 'widget', shortNames: ['wd'], categories: ['all'] },
        { name: 'widgets/status', kind: 'Widget' },
        { name: 'widgets/scale', kind: 'Scale', group: 'autoscaling', version: 'v1' },
      ],
    })
  })

  test('has an aggregated form with the same content', () => {
    expect(aggregatedDiscovery(groups, 'v2')).toMatchObject({
      apiVersion: 'apidiscovery.k8s.io/v2',
      items: [
        { metadata: {} },
        {
          metadata: { name: 'example.com' },
          versions: [
            {
              version: 'v1',
              resources: [
                {
                  resource: 'widgets',
                  scope: 'Namespaced',
                  responseKind: { group: 'example.com', version: 'v1', kind: 'Widget' },
                  subresources: [{ subresource: 'status' }, { subresource: 'scale' }],
                },
              ],
            },
            { version: 'v1beta1' },
          ],
        },
        { metadata: { name: 'authentication.k8s.io' } },
        { metadata: { name: 'authorization.k8s.io' } },
      ],
    })
  })

  test('orders versions by stability, then by number', () => {
    const names = ['foo', 'v1alpha2', 'v2', 'v1beta1', 'v10', 'v1', 'v1alpha10', 'bar']
    expect(names.sort(compareVersions)).toEqual([
      ...['v10', 'v2', 'v1', 'v1beta1', 'v1alpha10', 'v1alpha2', 'bar', 'foo'],
    ])
  })
})
