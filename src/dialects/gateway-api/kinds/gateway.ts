import type { Static } from 'typebox'
import { choice, integer, list, map, object, text } from '../../field.ts'
import { honoured, ignored } from '../../verdict.ts'
import { gatewayGroup } from '../names.ts'
import { behaviours } from './behaviours.ts'
import { ageColumn, defineKind } from './define-kind.ts'
import { conditions, pending } from './fields/conditions.ts'
import { localReference, objectReference, secretReference } from './fields/references.ts'
import {
  atomic,
  group,
  hostname,
  keyedBy,
  kindName,
  objectName,
  sectionName,
} from './fields/scalars.ts'
import { labelSelector } from './fields/selector.ts'
import { validateGateway } from './rules/gateway-rules.ts'

const routeGroupKind = () =>
  object('A kind of routes.', { group: group(gatewayGroup), kind: kindName() }, ['kind'])

const addressType = () =>
  text('What kind of address it is.', { default: 'IPAddress', minLength: 1, maxLength: 253 })

const listener = object(
  'A port, and the routes that it takes.',
  {
    name: honoured(behaviours.parentRefs, sectionName('Its name, unique in the Gateway.')),
    hostname: honoured(behaviours.isolation, hostname('The host names that it takes.', 'wildcard')),
    port: honoured(
      behaviours.listener,
      integer('Its port.', { format: 'int32', minimum: 1, maximum: 65_535 }),
    ),
    protocol: honoured(
      behaviours.tls,
      text('HTTP or HTTPS; others are refused in its status.', { minLength: 1, maxLength: 255 }),
    ),
    tls: object('How TLS is spoken.', {
      mode: honoured(
        behaviours.tls,
        Object.assign(choice('Who ends TLS.', ['Terminate', 'Passthrough']), {
          default: 'Terminate',
        }),
      ),
      certificateRefs: honoured(
        behaviours.tls,
        list('Certificates with their keys.', secretReference(), { maxItems: 64, ...atomic }),
      ),
      options: ignored(
        'no implementation-specific TLS options are known',
        map('Further options.', text('A value.', { maxLength: 4096 }), { maxProperties: 16 }),
      ),
    }),
    allowedRoutes: honoured(
      behaviours.allowedRoutes,
      object(
        'The routes that may attach.',
        {
          namespaces: object(
            'Their namespaces.',
            {
              from: Object.assign(choice('Which namespaces.', ['All', 'Selector', 'Same']), {
                default: 'Same',
              }),
              selector: labelSelector(),
            },
            [],
            { default: { from: 'Same' } },
          ),
          kinds: list('Their kinds.', routeGroupKind(), { maxItems: 8, ...atomic }),
        },
        [],
        { default: { namespaces: { from: 'Same' } } },
      ),
    ),
  },
  ['name', 'port', 'protocol'],
)
export type ListenerSpec = Static<typeof listener>

const frontendValidation = () =>
  object(
    'What is asked of client certificates.',
    {
      caCertificateRefs: list('ConfigMaps whose key ca.crt holds authorities.', objectReference(), {
        minItems: 1,
        maxItems: 16,
        ...atomic,
      }),
      mode: honoured(
        behaviours.insecureClients,
        Object.assign(
          choice('Whether clients without a valid certificate are served too.', [
            ...(['AllowValidOnly', 'AllowInsecureFallback'] as const),
          ]),
          { default: 'AllowValidOnly' },
        ),
      ),
    },
    ['caCertificateRefs'],
  )
export type FrontendValidation = Static<ReturnType<typeof frontendValidation>>

const frontendTls = (description: string) =>
  object(description, { validation: honoured(behaviours.checkedClients, frontendValidation()) })
export type FrontendTls = Static<ReturnType<typeof frontendTls>>

const frontend = () =>
  object(
    'TLS with clients, at HTTPS listeners.',
    {
      default: frontendTls('What holds unless something is said of a port.'),
      perPort: list(
        'What holds for single ports, in the place of the default.',
        object(
          'A port.',
          {
            port: honoured(
              behaviours.checkedClients,
              integer('The port.', { format: 'int32', minimum: 1, maximum: 65_535 }),
            ),
            tls: frontendTls('What holds for it.'),
          },
          ['port', 'tls'],
        ),
        { maxItems: 64, ...keyedBy('port') },
      ),
    },
    ['default'],
  )

const spec = object(
  'Listeners, and the class that serves them.',
  {
    gatewayClassName: honoured(behaviours.gatewayClass, objectName()),
    listeners: list('Ports.', listener, { minItems: 1, maxItems: 64, ...keyedBy('name') }),
    addresses: honoured(
      behaviours.staticAddress,
      list(
        'Addresses that the Gateway asks for.',
        object('An address.', {
          type: addressType(),
          value: text('Empty: any of its type.', { maxLength: 253 }),
        }),
        { maxItems: 16, ...atomic },
      ),
    ),
    infrastructure: object('What the Service of the Gateway is made with.', {
      labels: honoured(
        behaviours.infrastructure,
        map('Labels.', text('A value.', { maxLength: 63 }), { maxProperties: 8 }),
      ),
      annotations: honoured(
        behaviours.infrastructure,
        map('Annotations.', text('A value.', { maxLength: 4096 }), { maxProperties: 16 }),
      ),
      parametersRef: honoured(behaviours.gatewayClass, localReference()),
    }),
    allowedListeners: ignored(
      'ListenerSets are not served',
      object('Who may add listeners.', {}, [], { 'x-kubernetes-preserve-unknown-fields': true }),
    ),
    defaultScope: ignored(
      'routes attach to the Gateways that they name',
      choice('For which routes it is the default.', ['All', 'None']),
    ),
    tls: object('TLS of the whole Gateway.', {
      backend: object('TLS to backends.', {
        clientCertificateRef: honoured(behaviours.clientCertificate, secretReference()),
      }),
      frontend: frontend(),
    }),
  },
  ['gatewayClassName', 'listeners'],
)
export type GatewaySpec = Static<typeof spec>

const status = object(
  'What became of the Gateway.',
  {
    addresses: list(
      'Where it listens.',
      object(
        'An address.',
        { type: addressType(), value: text('The address.', { minLength: 1, maxLength: 253 }) },
        ['value'],
      ),
      { maxItems: 16, ...atomic },
    ),
    attachedListenerSets: integer('How many ListenerSets it has.', { format: 'int32' }),
    conditions: list('Conditions.', conditions().items, {
      default: pending('Accepted', 'Programmed'),
      maxItems: 8,
      ...keyedBy('type'),
    }),
    listeners: list(
      'What became of each listener.',
      object(
        'A listener.',
        {
          name: sectionName('Its name.'),
          supportedKinds: list('The kinds of routes that it takes.', routeGroupKind(), {
            maxItems: 8,
            ...atomic,
          }),
          attachedRoutes: integer('How many routes it has.', { format: 'int32' }),
          conditions: conditions(),
        },
        ['attachedRoutes', 'conditions', 'name'],
      ),
      { maxItems: 64, ...keyedBy('name') },
    ),
  },
  [],
  { default: { conditions: pending('Accepted', 'Programmed') } },
)

/** `gateway.networking.k8s.io/Gateway`. */
export const gateway = defineKind({
  kind: 'Gateway',
  plural: 'gateways',
  shortNames: ['gtw'],
  description: 'Ports of this gateway and the routes that they take.',
  spec,
  status,
  olderVersions: [{ name: 'v1beta1' }],
  columns: [
    { name: 'Class', type: 'string', value: '.spec.gatewayClassName' },
    { name: 'Address', type: 'string', value: '.status.addresses[*].value' },
    {
      name: 'Programmed',
      type: 'string',
      value: '.status.conditions[?(@.type=="Programmed")].status',
    },
    ageColumn,
  ],
  validate: validateGateway,
})
