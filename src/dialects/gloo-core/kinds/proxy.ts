import { count, flag, free, list, object, text } from '../../field.ts'
import { informational } from '../../verdict.ts'
import { defineGlooKind } from './define-kind.ts'

/** What is generated is for reading, so nothing in it has an effect. */
const shown = (description: string) => informational(free(description))

/** `Proxy` of projects/gloo/api/v1/proxy.proto. */
const ProxySpec = object('What the gateway does, as generated from the other kinds.', {
  compressedSpec: informational(text('The rest of the spec, packed.')),
  listeners: list(
    'Its listeners.',
    object('A listener.', {
      name: informational(text('Its name.')),
      bindAddress: informational(text('Its address.')),
      bindPort: informational(count('Its port.')),
      httpListener: shown('Virtual hosts of an HTTP listener.'),
      tcpListener: shown('Hosts of a TCP listener.'),
      hybridListener: shown('Listeners by what a connection looks like.'),
      aggregateListener: shown('Virtual hosts shared by filter chains.'),
      sslConfigurations: list('TLS by server name.', shown('One of them.')),
      useProxyProto: informational(flag('Whether PROXY protocol is expected.')),
      options: shown('Options.'),
      routeOptions: shown('Options of its routes.'),
      metadata: shown('Free data.'),
      metadataStatic: shown('The objects that it came from.'),
    }),
  ),
})

/** `gloo.solo.io/v1/Proxy`. */
export const proxy = defineGlooKind({
  kind: 'Proxy',
  plural: 'proxies',
  shortNames: ['px', 'gpx'],
  description: 'The generated configuration of a gateway.',
  spec: ProxySpec,
})
