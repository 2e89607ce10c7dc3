import type { KubeObject } from '../../kube/kube-object.ts'
import type { Dialect, Translation, Translator } from '../dialect.ts'
import { emptyConfiguration } from '../empty-configuration.ts'
import {
  validatingAdmissionPolicy,
  validatingAdmissionPolicyBinding,
} from './kinds/admission/admission-policy.ts'
import { configMap } from './kinds/config-map.ts'
import { endpointSlice } from './kinds/endpoint-slice.ts'
import { event } from './kinds/event.ts'
import { lease } from './kinds/lease.ts'
import { namespace } from './kinds/namespace.ts'
import { secret } from './kinds/secret.ts'
import { service } from './kinds/service/service.ts'
import { serviceAccount } from './kinds/service-account.ts'
import { deployment } from './kinds/workloads/deployment.ts'
import { pod } from './kinds/workloads/pod.ts'
import { replicaSet } from './kinds/workloads/replica-set.ts'

const nothing: Translation = {
  configuration: emptyConfiguration,
  statuses: [],
  secretIds: new Set(),
}

const createNamespace = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
})

/** The kinds of Kubernetes itself. They mean nothing to the gateway until another dialect refers to them. */
export const core: Dialect = {
  name: 'core',
  kinds: [
    ...[namespace, secret, configMap, service, endpointSlice, serviceAccount, event, lease],
    ...[pod, replicaSet, deployment, validatingAdmissionPolicy, validatingAdmissionPolicyBinding],
  ],
  seeds: ['default', 'kube-system', 'kube-public'].map(createNamespace),
  createTranslator: (): Translator => ({ translate: () => nothing }),
  addErrors: (status) => status,
}
