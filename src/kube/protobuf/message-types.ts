import type { MessageType } from './message-type.ts'
import { workloadMessageTypes } from './workload-message-types.ts'

// Field numbers: https://github.com/kubernetes/apimachinery/blob/master/pkg/apis/meta/v1/generated.proto
const ownerReference: MessageType = {
  1: ['kind', 'string'],
  3: ['name', 'string'],
  4: ['uid', 'string'],
  5: ['apiVersion', 'string'],
  6: ['controller', '?bool'],
  7: ['blockOwnerDeletion', '?bool'],
}

const objectMeta: MessageType = {
  1: ['name', 'string'],
  2: ['generateName', 'string'],
  3: ['namespace', 'string'],
  4: ['selfLink', 'string'],
  5: ['uid', 'string'],
  6: ['resourceVersion', 'string'],
  7: ['generation', 'int'],
  8: ['creationTimestamp', 'time'],
  9: ['deletionTimestamp', 'time'],
  10: ['deletionGracePeriodSeconds', '?int'],
  11: ['labels', 'stringMap'],
  12: ['annotations', 'stringMap'],
  13: ['ownerReferences', { messages: ownerReference }],
  14: ['finalizers', 'strings'],
  // The server keeps these itself.
  17: ['managedFields', 'status'],
}

const metadata = ['metadata', { message: objectMeta }] as const

const deleteOptions: MessageType = {
  1: ['gracePeriodSeconds', '?int'],
  2: ['preconditions', { message: { 1: ['uid', 'string'], 2: ['resourceVersion', 'string'] } }],
  3: ['orphanDependents', '?bool'],
  4: ['propagationPolicy', 'string'],
  5: ['dryRun', 'strings'],
}

// Field numbers: https://github.com/kubernetes/api/blob/master/core/v1/generated.proto
const servicePort: MessageType = {
  1: ['name', 'string'],
  2: ['protocol', 'string'],
  3: ['port', 'int'],
  4: ['targetPort', 'intOrString'],
  5: ['nodePort', 'int'],
  6: ['appProtocol', 'string'],
}

const serviceSpec: MessageType = {
  1: ['ports', { messages: servicePort }],
  2: ['selector', 'stringMap'],
  3: ['clusterIP', 'string'],
  4: ['type', 'string'],
  5: ['externalIPs', 'strings'],
  7: ['sessionAffinity', 'string'],
  8: ['loadBalancerIP', 'string'],
  9: ['loadBalancerSourceRanges', 'strings'],
  10: ['externalName', 'string'],
  11: ['externalTrafficPolicy', 'string'],
  12: ['healthCheckNodePort', 'int'],
  13: ['publishNotReadyAddresses', 'bool'],
  14: [
    'sessionAffinityConfig',
    { message: { 1: ['clientIP', { message: { 1: ['timeoutSeconds', '?int'] } }] } },
  ],
  17: ['ipFamilyPolicy', 'string'],
  18: ['clusterIPs', 'strings'],
  19: ['ipFamilies', 'strings'],
  20: ['allocateLoadBalancerNodePorts', '?bool'],
  21: ['loadBalancerClass', 'string'],
  22: ['internalTrafficPolicy', 'string'],
  23: ['trafficDistribution', 'string'],
}

const objectReference: MessageType = {
  1: ['kind', 'string'],
  2: ['namespace', 'string'],
  3: ['name', 'string'],
  4: ['uid', 'string'],
  5: ['apiVersion', 'string'],
  6: ['resourceVersion', 'string'],
  7: ['fieldPath', 'string'],
}

const resourceAttributes: MessageType = {
  1: ['namespace', 'string'],
  2: ['verb', 'string'],
  3: ['group', 'string'],
  4: ['version', 'string'],
  5: ['resource', 'string'],
  6: ['subresource', 'string'],
  7: ['name', 'string'],
}

/**
 * The types that kubectl sends as protobuf, by apiVersion and kind: those that it creates from its flags, where it
 * takes no other encoding from 1.32 on.
 */
export const messageTypes: Readonly<Record<string, MessageType>> = {
  'v1 DeleteOptions': deleteOptions,
  'meta.k8s.io/v1 DeleteOptions': deleteOptions,
  'v1 Secret': {
    1: metadata,
    2: ['data', 'bytesMap'],
    3: ['type', 'string'],
    4: ['stringData', 'stringMap'],
    5: ['immutable', '?bool'],
  },
  'v1 ConfigMap': {
    1: metadata,
    2: ['data', 'stringMap'],
    3: ['binaryData', 'bytesMap'],
    4: ['immutable', '?bool'],
  },
  'v1 Namespace': {
    1: metadata,
    2: ['spec', { message: { 1: ['finalizers', 'strings'] } }],
    3: ['status', 'status'],
  },
  'v1 Service': { 1: metadata, 2: ['spec', { message: serviceSpec }], 3: ['status', 'status'] },
  'v1 ServiceAccount': {
    1: metadata,
    2: ['secrets', { messages: objectReference }],
    3: ['imagePullSecrets', { messages: { 1: ['name', 'string'] } }],
    4: ['automountServiceAccountToken', '?bool'],
  },
  ...workloadMessageTypes(metadata),
  'authorization.k8s.io/v1 SelfSubjectAccessReview': {
    1: metadata,
    2: [
      'spec',
      {
        message: {
          1: ['resourceAttributes', { message: resourceAttributes }],
          2: [
            'nonResourceAttributes',
            { message: { 1: ['path', 'string'], 2: ['verb', 'string'] } },
          ],
        },
      },
    ],
    3: ['status', 'status'],
  },
  'authorization.k8s.io/v1 SelfSubjectRulesReview': {
    1: metadata,
    2: ['spec', { message: { 1: ['namespace', 'string'] } }],
    3: ['status', 'status'],
  },
  'authentication.k8s.io/v1 SelfSubjectReview': { 1: metadata, 2: ['status', 'status'] },
}
