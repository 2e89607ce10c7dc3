import type { MessageType } from './message-type.ts'

// Field numbers: https://github.com/kubernetes/api/blob/master/core/v1/generated.proto
const containerPort: MessageType = {
  1: ['name', 'string'],
  2: ['hostPort', 'int'],
  3: ['containerPort', 'int'],
  4: ['protocol', 'string'],
  5: ['hostIP', 'string'],
}

const container: MessageType = {
  1: ['name', 'string'],
  2: ['image', 'string'],
  3: ['command', 'strings'],
  4: ['args', 'strings'],
  5: ['workingDir', 'string'],
  6: ['ports', { messages: containerPort }],
  7: ['env', { messages: { 1: ['name', 'string'], 2: ['value', 'string'] } }],
  8: ['resources', { message: {} }],
  13: ['terminationMessagePath', 'string'],
  14: ['imagePullPolicy', 'string'],
  15: ['securityContext', { message: {} }],
  16: ['stdin', 'bool'],
  17: ['stdinOnce', 'bool'],
  18: ['tty', 'bool'],
  20: ['terminationMessagePolicy', 'string'],
}

/** What kubectl makes of its flags; whoever writes more sends a file, which is JSON. */
const podSpec: MessageType = {
  2: ['containers', { messages: container }],
  3: ['restartPolicy', 'string'],
  4: ['terminationGracePeriodSeconds', '?int'],
  6: ['dnsPolicy', 'string'],
  8: ['serviceAccountName', 'string'],
  9: ['serviceAccount', 'string'],
  10: ['nodeName', 'string'],
  11: ['hostNetwork', 'bool'],
  12: ['hostPID', 'bool'],
  13: ['hostIPC', 'bool'],
  16: ['hostname', 'string'],
  17: ['subdomain', 'string'],
  14: ['securityContext', { message: {} }],
  19: ['schedulerName', 'string'],
  24: ['priorityClassName', 'string'],
}

// Field numbers: https://github.com/kubernetes/api/blob/master/apps/v1/generated.proto
const deploymentSpec = (metadata: MessageType[number]): MessageType => ({
  1: ['replicas', '?int'],
  2: ['selector', { message: { 1: ['matchLabels', 'stringMap'] } }],
  3: ['template', { message: { 1: metadata, 2: ['spec', { message: podSpec }] } }],
  4: [
    'strategy',
    {
      message: {
        1: ['type', 'string'],
        2: [
          'rollingUpdate',
          { message: { 1: ['maxUnavailable', 'intOrString'], 2: ['maxSurge', 'intOrString'] } },
        ],
      },
    },
  ],
  5: ['minReadySeconds', 'int'],
  6: ['revisionHistoryLimit', '?int'],
  7: ['paused', 'bool'],
  9: ['progressDeadlineSeconds', '?int'],
})

/** What `kubectl create deployment` and `kubectl run` send. */
export const workloadMessageTypes = (
  metadata: MessageType[number],
): Readonly<Record<string, MessageType>> => ({
  'v1 Pod': { 1: metadata, 2: ['spec', { message: podSpec }], 3: ['status', 'status'] },
  'apps/v1 Deployment': {
    1: metadata,
    2: ['spec', { message: deploymentSpec(metadata) }],
    3: ['status', 'status'],
  },
})
