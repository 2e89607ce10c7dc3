import type { TSchema } from 'typebox'
import { anything, count, duration, flag, free, list, map, object, text } from '../../field.ts'
import { approximated, honoured, ignored } from '../../verdict.ts'
import { behaviours } from './behaviours.ts'
import { defineGlooKind } from './define-kind.ts'
import { descriptorsField, setDescriptorsField } from './rate-limit/limit-fields.ts'

const ignoredPart = (reason: string, description: string) => ignored(reason, free(description))
const ignoredParts = (reason: string, names: readonly string[]): Record<string, TSchema> =>
  Object.fromEntries(
    names.map((name) => [name, ignored(reason, anything('A setting of the vendor’s controller.'))]),
  )

const fromKubernetes = 'objects and secrets come from the Kubernetes API'
const discovery = 'upstreams are what is applied; none are discovered'
const later = 'no policy that reads it is in force yet'
const ownCounters = 'requests are counted by the gateway itself'
const everywhere = 'objects of every namespace are read'
const controller = 'it concerns a part of the vendor’s controller that does not exist here'

const itself =
  'a broken route always answers for itself, names what is wrong, and never reaches an upstream'

const invalidConfigPolicy = object('What a broken route answers.', {
  replaceInvalidRoutes: ignored(
    itself,
    flag('Whether a broken route answers instead of being served without its broken part.'),
  ),
  invalidRouteResponseCode: ignored(itself, count('Status of the answer.')),
  invalidRouteResponseBody: ignored(itself, text('Body of the answer.')),
})

const gloo = object('The translation.', {
  invalidConfigPolicy,
  circuitBreakers: ignoredPart('limits are set per Upstream', 'Defaults of Upstreams.'),
  disableKubernetesDestinations: ignored(
    'Kubernetes destinations always work',
    flag('Whether routes may not lead to Services.'),
  ),
  headerSecretRefNsMatchesUs: approximated(
    'routes of VirtualServices and RouteTables are held to it; those of the Gateway API are not',
    behaviours.secretNamespaces,
    flag('Whether header secrets must be in the namespace of the Upstream.'),
  ),
  regexMaxProgramSize: ignored('patterns take linear time', count('Size of a pattern.')),
  ...ignoredParts(controller, [
    ...['xdsBindAddr', 'validationBindAddr', 'endpointsWarmingTimeout', 'awsOptions'],
    ...['disableGrpcWeb', 'disableProxyGarbageCollection', 'restXdsBindAddr', 'enableRestEds'],
    ...['failoverUpstreamDnsPollingInterval', 'removeUnusedFilters', 'proxyDebugBindAddr'],
    ...['logTransformationRequestResponseInfo', 'transformationEscapeCharacters', 'istioOptions'],
    'enableAutoWebsocketTransformationPassthrough',
  ]),
})

const gateway = object('Gateways and their validation.', {
  ...ignoredParts('objects are validated when they are applied, and status says the rest', [
    ...['validation', 'validationServerAddr', 'alwaysSortRouteTableRoutes', 'compressedProxySpec'],
    ...['readGatewaysFromAllNamespaces', 'virtualServiceOptions', 'persistProxySpec'],
    ...['enableGatewayController', 'isolateVirtualHostsBySslConfig', 'translateEmptyGateways'],
  ]),
})

/** `Settings` of projects/gloo/api/v1/settings.proto. */
const SettingsSpec = object('Settings of the installation.', {
  discoveryNamespace: ignored(discovery, text('Namespace of what is discovered.')),
  watchNamespaces: ignored(everywhere, list('Namespaces that are read.', text('A namespace.'))),
  watchNamespaceSelectors: ignored(everywhere, list('Namespaces that are read.', free('Labels.'))),
  refreshRate: ignored('changes are seen at once', duration('Time between looks.')),
  linkerd: ignored('there is no Linkerd here', flag('Whether Linkerd’s header is added.')),
  ipV4Only: ignored(
    'IPv6 is used for names without IPv4 addresses alone',
    flag('Whether only IPv4 is used.'),
  ),
  gloo,
  gateway,
  rbac: object('Authorisation by roles.', {
    requireRbac: approximated(
      'roles are not checked; a virtual host without rbac answers 500 where it is required',
      behaviours.requireRbac,
      flag('Whether virtual hosts without rbac refuse everything.'),
    ),
  }),
  ratelimit: object(
    'Limits for the actions that options of routes and virtual hosts hold themselves.',
    {
      descriptors: descriptorsField(behaviours.rateLimitServer),
      setDescriptors: setDescriptorsField(behaviours.rateLimitServer),
    },
  ),
  ratelimitServer: object('How limits are checked.', {
    ratelimitServerRef: ignored(ownCounters, free('The service that counts.')),
    requestTimeout: ignored(ownCounters, duration('How long the service may take.')),
    grpcService: ignored(ownCounters, free('How the service is called.')),
    denyOnFail: honoured(
      behaviours.rateLimitServer,
      flag('Whether requests that cannot be counted are refused.'),
    ),
    enableXRatelimitHeaders: honoured(
      behaviours.rateLimitServer,
      flag('Whether answers say what is left of limits.'),
    ),
    rateLimitBeforeAuth: honoured(
      behaviours.rateLimitServer,
      flag('Whether limits without a stage are checked before authentication.'),
    ),
  }),
  namedExtauth: ignored(later, map('External authorisers by name.', free('One of them.'))),
  upstreamOptions: object('Defaults of Upstreams.', {
    sslParameters: ignoredPart('TLS parameters are set per Upstream', 'Defaults of TLS.'),
    globalAnnotations: ignored(discovery, map('Annotations.', text('A value.'))),
  }),
  ...ignoredParts(fromKubernetes, [
    ...['kubernetesConfigSource', 'directoryConfigSource', 'consulKvSource'],
    ...['kubernetesSecretSource', 'vaultSecretSource', 'directorySecretSource', 'secretOptions'],
    ...['kubernetesArtifactSource', 'directoryArtifactSource', 'consulKvArtifactSource'],
  ]),
  ...ignoredParts(discovery, ['discovery', 'consul', 'consulDiscovery', 'kubernetes']),
  ...ignoredParts(later, [
    ...['extauth', 'cachingServer'],
    ...['extProc', 'extProcEarly', 'extProcLate', 'extensions'],
  ]),
  ...ignoredParts(controller, ['devMode', 'knative', 'observabilityOptions', 'consoleOptions']),
})

/** `gloo.solo.io/v1/Settings`. */
export const settings = defineGlooKind({
  kind: 'Settings',
  plural: 'settings',
  shortNames: ['st', 'gst'],
  description: 'Settings of the whole installation.',
  spec: SettingsSpec,
})
