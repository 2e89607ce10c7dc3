import type { Static } from 'typebox'
import { choice, integer, list, map, object, text } from '../../../field.ts'
import { honoured, ignored } from '../../../verdict.ts'
import { gatewayGroup } from '../../names.ts'
import { behaviours } from '../behaviours.ts'
import { conditions } from './conditions.ts'
import { secretReference } from './references.ts'
import { atomic, group, hostname, keyedBy, kindName, sectionName } from './scalars.ts'
import { labelSelector } from './selector.ts'

const routeGroupKind = () =>
  object('A kind of routes.', { group: group(gatewayGroup), kind: kindName() }, ['kind'])

const listener = object(
  'A port, and the routes that it takes.',
  {
    name: honoured(behaviours.parentRefs, sectionName('Its name, unique in its list.')),
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

/** The listeners of a Gateway or ListenerSet. */
export const listeners = () =>
  list('Ports.', listener, { minItems: 1, maxItems: 64, ...keyedBy('name') })

/** What became of the listeners of a Gateway or ListenerSet. */
export const listenerStatuses = () =>
  list(
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
  )
