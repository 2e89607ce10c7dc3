import type { Static } from 'typebox'
import { choice, flag, free, list, object, text } from '../../../field.ts'
import { honoured, ignored } from '../../../verdict.ts'
import { referenceField } from '../../reference.ts'
import { behaviours } from '../behaviours.ts'

const files = 'TLS material is read from Secrets, never from files of the gateway'
const versions = ['TLS_AUTO', 'TLSv1_0', 'TLSv1_1', 'TLSv1_2', 'TLSv1_3'] as const
const acts = <Schema extends object>(schema: Schema) => honoured(behaviours.upstreamTls, schema)

const sslFiles = object('Paths of PEM files.', {
  tlsCert: ignored(files, text('Client certificate.')),
  tlsKey: ignored(files, text('Key of the client certificate.')),
  rootCa: ignored(files, text('Authority of the server.')),
  ocspStaple: ignored(files, text('OCSP answer to staple.')),
})

const sds = ignored(
  'there is no secret discovery service to ask',
  free('Where Envoy would ask for certificates.'),
)

const parameters = object('Limits of the handshake.', {
  minimumProtocolVersion: acts(choice('The oldest version accepted.', versions)),
  maximumProtocolVersion: acts(choice('The newest version offered.', versions)),
  cipherSuites: acts(list('Cipher suites by their OpenSSL names.', text('A suite.'))),
  ecdhCurves: acts(list('Curves offered.', text('A curve.'))),
})

/** `UpstreamSslConfig` of projects/gloo/api/v1/ssl/ssl.proto. */
export const UpstreamSslConfig = object('How TLS is spoken to the upstream.', {
  secretRef: referenceField(
    behaviours.upstreamTls,
    'Secret with a client certificate (tls.crt, tls.key), an authority (ca.crt), or both.',
  ),
  sslFiles,
  sds,
  sni: acts(text('Server name for hosts that have none of their own.')),
  verifySubjectAltName: acts(
    list('Names of which the certificate of the upstream must carry one.', text('A name.')),
  ),
  parameters,
  alpnProtocols: acts(list('Protocols offered in the handshake.', text('A protocol.'))),
  allowRenegotiation: ignored(
    'renegotiation is never allowed',
    flag('Whether the server may renegotiate.'),
  ),
  oneWayTls: acts(flag('Whether the authority in the Secret is left out of account.')),
})
export type UpstreamSslConfig = Static<typeof UpstreamSslConfig>
