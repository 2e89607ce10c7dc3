import type { Static } from 'typebox'
import { choice, integer, list, map, object, text } from '../../../field.ts'
import { honoured, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'
import { listeners } from '../fields/listeners.ts'
import { localReference, objectReference, secretReference } from '../fields/references.ts'
import { atomic, keyedBy, objectName } from '../fields/scalars.ts'
import { labelSelector } from '../fields/selector.ts'

/** What kind of address a Gateway has or asks for. */
export const addressType = () =>
  text('What kind of address it is.', { default: 'IPAddress', minLength: 1, maxLength: 253 })

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

/** The spec of a Gateway. */
export const gatewaySpec = object(
  'Listeners, and the class that serves them.',
  {
    gatewayClassName: honoured(behaviours.gatewayClass, objectName()),
    listeners: listeners(),
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
        map(
          'Labels.',
          text('A value.', {
            pattern: '^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$',
            maxLength: 63,
          }),
          { maxProperties: 8 },
        ),
      ),
      annotations: honoured(
        behaviours.infrastructure,
        map('Annotations.', text('A value.', { maxLength: 4096 }), { maxProperties: 16 }),
      ),
      parametersRef: honoured(behaviours.gatewayClass, localReference()),
    }),
    allowedListeners: honoured(
      behaviours.listenerSets,
      object('The ListenerSets that may add listeners.', {
        namespaces: object(
          'Their namespaces.',
          {
            from: Object.assign(choice('Which namespaces.', ['All', 'Selector', 'Same', 'None']), {
              default: 'None',
            }),
            selector: labelSelector(),
          },
          [],
          { default: { from: 'None' } },
        ),
      }),
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
export type GatewaySpec = Static<typeof gatewaySpec>
