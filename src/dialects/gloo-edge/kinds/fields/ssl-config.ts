import type { Static } from 'typebox'
import { describeFields } from '../../../field.ts'
import {
  choice,
  duration,
  ignoredTree,
  resourceRef,
} from '../../../gloo-core/kinds/fields/scalars.ts'
import { Type } from '../../../type.ts'
import { honoured, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'

const protocolVersion = () =>
  honoured(
    behaviours.tls,
    Type.Optional(choice(['TLS_AUTO', 'TLSv1_0', 'TLSv1_1', 'TLSv1_2', 'TLSv1_3'])),
  )

/** `SslConfig` of projects/gloo/api/v1/ssl/ssl.proto. */
export const SslConfig = describeFields(
  Type.Object({
    secretRef: Type.Optional(resourceRef(behaviours.tls)),
    sslFiles: ignoredTree('certificates are taken from Secrets only'),
    sds: ignoredTree('certificates are taken from Secrets only'),
    sniDomains: honoured(behaviours.tls, Type.Optional(Type.Array(Type.String()))),
    verifySubjectAltName: ignored(
      'names in client certificates are not checked; a virtual service that asks for it is not served',
      Type.Optional(Type.Array(Type.String())),
    ),
    parameters: Type.Optional(
      Type.Object({
        minimumProtocolVersion: protocolVersion(),
        maximumProtocolVersion: protocolVersion(),
        cipherSuites: honoured(behaviours.tls, Type.Optional(Type.Array(Type.String()))),
        ecdhCurves: ignored(
          'the curves of the TLS library are offered',
          Type.Optional(Type.Array(Type.String())),
        ),
      }),
    ),
    alpnProtocols: honoured(behaviours.tls, Type.Optional(Type.Array(Type.String()))),
    oneWayTls: honoured(behaviours.clientCertificates, Type.Optional(Type.Boolean())),
    disableTlsSessionResumption: honoured(behaviours.tls, Type.Optional(Type.Boolean())),
    transportSocketConnectTimeout: ignored(
      'a handshake ends with the time-out of the connection',
      Type.Optional(duration()),
    ),
    ocspStaplePolicy: ignored(
      'OCSP responses are not stapled',
      Type.Optional(choice(['LENIENT_STAPLING', 'STRICT_STAPLING', 'MUST_STAPLE'])),
    ),
  }),
  {
    secretRef:
      'The TLS Secret with certificate and key, and ca.crt where clients must show a certificate.',
    sslFiles: 'Certificates in files.',
    sds: 'Certificates of a secret discovery service.',
    sniDomains: 'Server names of handshakes that get this certificate; none: every one.',
    verifySubjectAltName: 'Names that client certificates must have.',
    parameters: 'Versions and ciphers.',
    alpnProtocols: 'Protocols that are offered; h2 and http/1.1 by default.',
    oneWayTls: 'Whether no certificate of the client is asked for, though the Secret has a ca.crt.',
    disableTlsSessionResumption: 'Whether every handshake is a whole one.',
    transportSocketConnectTimeout: 'How long a handshake may take.',
    ocspStaplePolicy: 'What is done without an OCSP response.',
  },
)
export type SslConfig = Static<typeof SslConfig>
