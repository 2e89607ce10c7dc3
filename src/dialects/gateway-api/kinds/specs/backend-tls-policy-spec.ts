import type { Static } from 'typebox'
import { choice, list, map, object, text } from '../../../field.ts'
import { honoured, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'
import { localReference } from '../fields/references.ts'
import {
  atomic,
  dnsName,
  group,
  hostname,
  kindName,
  objectName,
  qualifiedName,
  sectionName,
} from '../fields/scalars.ts'

/** The spec of a BackendTLSPolicy. */
export const backendTlsPolicySpec = object(
  'How TLS is spoken to Services.',
  {
    targetRefs: honoured(
      behaviours.backendTls,
      list(
        'The Services.',
        object(
          'A Service, or a port of one.',
          {
            group: group(),
            kind: kindName(),
            name: objectName(),
            sectionName: sectionName('The name of the port; every port unless given.'),
          },
          ['group', 'kind', 'name'],
        ),
        { minItems: 1, maxItems: 16, ...atomic },
      ),
    ),
    validation: honoured(
      behaviours.backendTls,
      object(
        'What is asked of the certificate of a backend.',
        {
          caCertificateRefs: list(
            'ConfigMaps whose key ca.crt holds authorities.',
            localReference(),
            { maxItems: 8, ...atomic },
          ),
          wellKnownCACertificates: text('System: the authorities of this machine.', {
            pattern: `^(System|${dnsName}/${qualifiedName})$`,
            minLength: 1,
            maxLength: 253,
          }),
          hostname: hostname('Sent as server name, and checked unless names are listed.', 'exact'),
          subjectAltNames: list(
            'Names of which the certificate must carry one.',
            object(
              'A name.',
              {
                type: choice('What kind of name it is.', ['Hostname', 'URI']),
                hostname: hostname('A host name.', 'wildcard'),
                uri: text('An absolute URI.', {
                  pattern: '^(([^:/?#]+):)(//([^/?#]*))([^?#]*)(\\?([^#]*))?(#(.*))?',
                  minLength: 1,
                  maxLength: 253,
                }),
              },
              ['type'],
            ),
            { maxItems: 5, ...atomic },
          ),
        },
        ['hostname'],
      ),
    ),
    options: ignored(
      'no implementation-specific TLS options are known',
      map('Further options.', text('A value.', { maxLength: 4096 }), { maxProperties: 16 }),
    ),
  },
  ['targetRefs', 'validation'],
)
export type BackendTlsPolicySpec = Static<typeof backendTlsPolicySpec>
