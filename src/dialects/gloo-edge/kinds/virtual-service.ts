import type { Static } from 'typebox'
import { describeFields } from '../../field.ts'
import { guardAnnotations } from '../../gloo-core/kinds/ai/guard-annotations.ts'
import { VirtualHostOptions } from '../../gloo-core/kinds/options/virtual-host-options.ts'
import { Type } from '../../type.ts'
import { honoured, informational } from '../../verdict.ts'
import { behaviours } from './behaviours.ts'
import { defineEdgeKind } from './define-edge-kind.ts'
import { OptionsConfigRefs, Route } from './fields/route.ts'
import { SslConfig } from './fields/ssl-config.ts'

/** `VirtualService.spec` of projects/gateway/api/v1/virtual_service.proto. */
export const VirtualServiceSpec = describeFields(
  Type.Object({
    virtualHost: Type.Optional(
      Type.Object({
        domains: honoured(
          behaviours.domains,
          Type.Optional(Type.Array(Type.String(), { description: 'Empty: every domain.' })),
        ),
        routes: Type.Optional(Type.Array(Route)),
        options: Type.Optional(VirtualHostOptions),
        optionsConfigRefs: Type.Optional(OptionsConfigRefs),
      }),
    ),
    sslConfig: Type.Optional(SslConfig),
    displayName: informational(Type.Optional(Type.String())),
  }),
  {
    virtualHost: 'The domains and their routes.',
    sslConfig:
      'The certificate; with it the domains are served by Gateways with ssl, without by the others.',
    displayName: 'A name for people.',
  },
)
export type VirtualServiceSpec = Static<typeof VirtualServiceSpec>

/** A set of domains and the routes that serve them. */
export const virtualServiceKind = defineEdgeKind({
  kind: 'VirtualService',
  plural: 'virtualservices',
  shortNames: ['vs', 'gvs'],
  description: 'A set of domains and the routes that serve them.',
  spec: VirtualServiceSpec,
  annotations: Object.values(guardAnnotations),
  columns: [{ name: 'Domains', type: 'string', value: '.spec.virtualHost.domains[*]' }],
})
