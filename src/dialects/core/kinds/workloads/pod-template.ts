import type { TSchema } from 'typebox'
import { anything, choice, flag, free, integer, list, map, object, text } from '../../../field.ts'
import { approximated, honoured, ignored, informational } from '../../../verdict.ts'
import { byKey, keyed } from './list-markers.ts'

/** Title of the test in test/kubectl/workloads.test.ts. */
export const runs = 'a Deployment of a known image runs each replica at an address of its own'

/** Title of the test in test/workloads/echo-basic.test.ts. */
const readsFiles =
  'the echo of the conformance suite starts once the files that it mounts are there'

const echoOnly = 'the stand-in for echo-basic reads it; what runs for other images gets none of it'
const standIn = 'the image is run as its local stand-in, which takes nothing from the manifest'
const ready = 'a container is ready as soon as it listens'
const local = 'containers run as the user that started Sluice, on this machine'

const named = (description: string) =>
  list(
    description,
    object('One of them.', { name: text('Its name.') }, ['name'], {
      'x-kubernetes-preserve-unknown-fields': true,
    }),
    byKey('name'),
  )

const all = <Schema extends TSchema>(
  mark: (schema: TSchema) => TSchema,
  fields: Record<string, Schema>,
): Record<string, TSchema> =>
  Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name, mark(schema)]))

const containerPort = object(
  'A port that the container listens on.',
  {
    containerPort: integer('Its number.', { format: 'int32', minimum: 1, maximum: 65_535 }),
    hostIP: text('The address of the node that leads to it.'),
    hostPort: integer('The port of the node that leads to it.', { format: 'int32' }),
    name: text('Its name, for the targetPort of a Service.'),
    protocol: text('TCP, UDP or SCTP.', { default: 'TCP' }),
  },
  ['containerPort'],
)

const container = object(
  'Something that runs in the pod.',
  {
    image: honoured(runs, text('What runs, such as jmalloc/echo-server.')),
    name: honoured(runs, text('Its name, as `kubectl logs -c` wants it.')),
    ports: honoured(
      runs,
      list('Where it listens.', containerPort, keyed(['containerPort', 'protocol'])),
    ),
    ...all((schema) => ignored(standIn, schema), {
      args: list('Arguments of the entry point.', text('An argument.')),
      command: list('The entry point.', text('A word.')),
      envFrom: list('Sources of environment variables.', free('A source.')),
      volumeDevices: list('Devices.', free('A device.')),
      workingDir: text('Where it starts.'),
    }),
    ...all((schema) => approximated(echoOnly, readsFiles, schema), {
      env: named('Environment variables.'),
      volumeMounts: list(
        'Where volumes appear.',
        object('One.', { mountPath: text('The path.') }, ['mountPath'], {
          'x-kubernetes-preserve-unknown-fields': true,
        }),
        byKey('mountPath'),
      ),
    }),
    ...all((schema) => ignored(ready, schema), {
      lifecycle: free('What is run after the start and before the end.'),
      livenessProbe: free('What tells whether it lives.'),
      readinessProbe: free('What tells whether it is ready.'),
      startupProbe: free('What tells whether it has started.'),
    }),
    ...all(informational, {
      imagePullPolicy: text('When the image is pulled.'),
      resizePolicy: list('What a change of resources costs.', free('A rule.')),
      resources: free('What it may use.'),
      restartPolicy: text('When it is started again.'),
      restartPolicyRules: list('When it is started again.', free('A rule.')),
      securityContext: free('What it may do.'),
      stdin: flag('Whether it reads standard input.'),
      stdinOnce: flag('Whether standard input ends.'),
      terminationMessagePath: text('Where its last words stand.'),
      terminationMessagePolicy: text('Which last words are kept.'),
      tty: flag('Whether it has a terminal.'),
    }),
  },
  ['name'],
)

/** What a pod consists of. */
export const podSpec = object(
  'What is wanted.',
  {
    containers: list('What runs.', container, byKey('name')),
    volumes: approximated(echoOnly, readsFiles, named('What can be mounted.')),
    ...all((schema) => ignored(standIn, schema), {
      ephemeralContainers: named('What was added for a look inside.'),
      initContainers: named('What runs before.'),
    }),
    ...all((schema) => ignored(local, schema), {
      hostAliases: list('Lines of the hosts file.', free('A line.')),
      hostNetwork: flag('Whether it shares the addresses of its node.'),
    }),
    ...all(informational, {
      activeDeadlineSeconds: integer('How long it may run.', { format: 'int64' }),
      affinity: free('Which nodes it likes.'),
      automountServiceAccountToken: flag('Whether it gets a token of its account.'),
      dnsConfig: free('How it asks DNS.'),
      dnsPolicy: text('Whom it asks for names.'),
      enableServiceLinks: flag('Whether it learns of Services by its environment.'),
      hostIPC: flag('Whether it shares memory with its node.'),
      hostPID: flag('Whether it sees the processes of its node.'),
      hostUsers: flag('Whether it shares the users of its node.'),
      hostname: text('Its host name.'),
      hostnameOverride: text('Its host name in whole.'),
      imagePullSecrets: list('Secrets for pulling images.', free('A Secret.')),
      nodeName: text('The node that it runs on.'),
      nodeSelector: map('Labels of its node.', text('A value.'), {
        'x-kubernetes-map-type': 'atomic',
      }),
      os: free('What its node runs.'),
      overhead: free('What it costs besides its containers.'),
      preemptionPolicy: text('Whom it may drive away.'),
      priority: integer('How important it is.', { format: 'int32' }),
      priorityClassName: text('How important it is, by name.'),
      readinessGates: list('Further conditions.', free('A condition.')),
      resourceClaims: named('Devices that it claims.'),
      resources: free('What it may use in whole.'),
      restartPolicy: text('When containers are started again.'),
      runtimeClassName: text('What runs it.'),
      schedulerName: text('Who finds a node for it.'),
      schedulingGates: named('What holds it back.'),
      securityContext: free('What it may do.'),
      serviceAccount: text('The older name of serviceAccountName.'),
      serviceAccountName: text('Its identity.'),
      setHostnameAsFQDN: flag('Whether its host name is its whole name.'),
      shareProcessNamespace: flag('Whether its containers see each other.'),
      subdomain: text('Part of its name.'),
      terminationGracePeriodSeconds: integer('How long its end may take.', { format: 'int64' }),
      tolerations: list('Which nodes it can bear.', free('A toleration.')),
      topologySpreadConstraints: list('How it is spread.', free('A rule.')),
    }),
  },
  ['containers'],
)

/** What the pods of a workload are made of. */
export const podTemplate = object('What its pods are made of.', {
  metadata: honoured(
    runs,
    object(
      'Labels and annotations of its pods.',
      {
        annotations: map('Their annotations.', text('A value.')),
        creationTimestamp: anything('Always null.'),
        labels: map('Their labels.', text('A value.')),
        name: text('Without meaning here.'),
        namespace: text('Without meaning here.'),
      },
      [],
    ),
  ),
  spec: podSpec,
})

/** One statement of a status. */
export const condition = object(
  'A statement.',
  {
    lastProbeTime: anything('When it was looked at last.'),
    lastTransitionTime: text('When the status changed last.', { format: 'date-time' }),
    lastUpdateTime: text('When it was written last.', { format: 'date-time' }),
    message: text('A sentence for people.'),
    observedGeneration: integer('The generation that it is about.', { format: 'int64' }),
    reason: text('One word that says why.'),
    status: choice('Whether it holds.', ['True', 'False', 'Unknown']),
    type: text('What it is about.'),
  },
  ['type', 'status'],
)

/** Which pods belong to a workload. */
export const podSelector = honoured(
  runs,
  object(
    'Labels of its pods.',
    {
      matchExpressions: list(
        'Further conditions.',
        object(
          'One condition.',
          {
            key: text('The label.'),
            operator: choice('How it is compared.', ['In', 'NotIn', 'Exists', 'DoesNotExist']),
            values: list('Its values.', text('A value.'), { 'x-kubernetes-list-type': 'atomic' }),
          },
          ['key', 'operator'],
        ),
        { 'x-kubernetes-list-type': 'atomic' },
      ),
      matchLabels: map('Labels and their values.', text('A value.')),
    },
    [],
    { 'x-kubernetes-map-type': 'atomic' },
  ),
)
