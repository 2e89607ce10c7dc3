import type { KubeObject } from '../../../kube/kube-object.ts'
import { fieldAt, listAt, objectAt, referenceText, textAt } from '../fields.ts'
import { formatStatuses } from '../gloo-status.ts'
import { describeAi } from './ai-details.ts'
import type { ObjectTable } from './object-table.ts'

const typeNames: readonly (readonly [field: string, name: string])[] = [
  ['aws', 'AWS Lambda'],
  ['azure', 'Azure'],
  ['consul', 'Consul'],
  ['awsEc2', 'AWS EC2'],
  ['kube', 'Kubernetes'],
  ['static', 'Static'],
  ['gcp', 'GCP'],
  ['ai', 'AI'],
]

/** Upstreams as `glooctl get upstream` lists them. */
export const upstreamTable: ObjectTable = {
  headers: ['Upstream', 'type', 'status', 'details'],
  rows: (objects) =>
    objects.flatMap((object) => {
      const [first = '', ...rest] = detailsOf(object)
      return [
        [object.metadata.name, typeOf(object), formatStatuses(object), first],
        ...rest.map((line) => ['', '', '', line]),
      ]
    }),
}

function typeOf(object: KubeObject): string {
  const found = typeNames.find(([field]) => fieldAt(object, 'spec', field) !== undefined)
  return found?.[1] ?? 'Unknown'
}

function detailsOf(object: KubeObject): string[] {
  const spec = objectAt(object, 'spec')
  const type = typeNames.find(([field]) => spec[field] !== undefined)?.[0] ?? ''
  return [...(describers[type]?.(objectAt(spec, type)) ?? []), '']
}

type Describe = (spec: unknown) => string[]

const describers: Readonly<Record<string, Describe>> = {
  ai: describeAi,
  aws: (spec) => [
    `region: ${textAt(spec, 'region')}`,
    `secret: ${secretOf(spec)}`,
    ...bulleted('functions:', listAt(spec, 'lambdaFunctions'), (entry) =>
      textAt(entry, 'lambdaFunctionName'),
    ),
  ],
  azure: (spec) => [
    `function app name: ${textAt(spec, 'functionAppName')}`,
    `secret: ${secretOf(spec)}`,
    ...bulleted('functions:', listAt(spec, 'functions'), (entry) => textAt(entry, 'functionName')),
  ],
  consul: (spec) => [
    `svc name: ${textAt(spec, 'serviceName')}`,
    `svc tags: [${listAt(spec, 'serviceTags').join(' ')}]`,
    ...serviceLines(spec),
  ],
  awsEc2: (spec) => [
    `role: ${textAt(spec, 'roleArn')}`,
    `uses public ip: ${fieldAt(spec, 'publicIp') === true}`,
    `port: ${textAt(spec, 'port') || '0'}`,
    ...tagFilterLines(listAt(spec, 'filters')),
    'EC2 Instance Ids:',
  ],
  kube: (spec) => [
    `svc name: ${textAt(spec, 'serviceName')}`,
    `svc namespace: ${textAt(spec, 'serviceNamespace')}`,
    `port: ${textAt(spec, 'servicePort') || '0'}`,
    ...serviceLines(spec),
  ],
  static: (spec) => [
    ...bulleted(
      'hosts:',
      listAt(spec, 'hosts'),
      (host) => `${textAt(host, 'addr')}:${textAt(host, 'port') || '0'}`,
    ),
    ...serviceLines(spec),
  ],
  gcp: (spec) => [
    `host: ${textAt(spec, 'host')}`,
    ...(textAt(spec, 'audience') === '' ? [] : [`host: ${textAt(spec, 'audience')}`]),
  ],
}

const secretOf = (spec: unknown) =>
  fieldAt(spec, 'secretRef') === undefined ? '<None>' : referenceText(fieldAt(spec, 'secretRef'))

function bulleted(
  title: string,
  entries: readonly unknown[],
  textOf: (entry: unknown) => string,
): string[] {
  return entries.length === 0 ? [] : [title, ...entries.map((entry) => `- ${textOf(entry)}`)]
}

function serviceLines(spec: unknown): string[] {
  const service = objectAt(spec, 'serviceSpec')
  if (service['rest'] !== undefined) {
    const functions = Object.keys(objectAt(service, 'rest', 'transformations')).sort()
    return ['REST service:', ...bulleted('functions:', functions, String)]
  }
  if (service['grpc'] !== undefined) {
    const services = listAt(service, 'grpc', 'grpcServices').flatMap((entry) => [
      textAt(entry, 'serviceName'),
      ...listAt(entry, 'functionNames').map((name) => `- ${String(name)}`),
    ])
    return ['gRPC service:', ...services]
  }
  if (service['grpcJsonTranscoder'] !== undefined) {
    return ['gRPC service:', ...listAt(service, 'grpcJsonTranscoder', 'services').map(String)]
  }
  return []
}

function tagFilterLines(filters: readonly unknown[]): string[] {
  const keys = filters.filter((filter) => fieldAt(filter, 'key') !== undefined)
  const pairs = filters.filter((filter) => fieldAt(filter, 'kvPair') !== undefined)
  const none = (title: string) => [`${title} (none)`]
  return [
    ...(keys.length === 0
      ? none('key filters:')
      : bulleted('key filters:', keys, (filter) => textAt(filter, 'key'))),
    ...(pairs.length === 0
      ? none('key-value filters:')
      : bulleted(
          'key-value filters:',
          pairs,
          (filter) => `${textAt(filter, 'kvPair', 'key')}: ${textAt(filter, 'kvPair', 'value')}`,
        )),
  ]
}
