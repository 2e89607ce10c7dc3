import type { KubeObject } from '../../../kube/kube-object.ts'

const apiVersion = 'gateway.networking.k8s.io/v1'

/** The Gateway `default/NAME` of the class `sluice`. */
export const gatewayObject = (name: string, spec: object): KubeObject => ({
  apiVersion,
  kind: 'Gateway',
  metadata: { name, namespace: 'default' },
  spec: { gatewayClassName: 'sluice', ...spec },
})

/** A Secret that holds these texts. */
export const secretObject = (
  name: string,
  namespace: string,
  texts: Readonly<Record<string, string>>,
): KubeObject => ({
  ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } },
  data: Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
  ),
})

/** Lets objects of `from`, Gateways of `default` unless it says otherwise, refer to objects of `other`. */
export const grantObject = (to: object, from: object = {}): KubeObject => ({
  apiVersion,
  kind: 'ReferenceGrant',
  metadata: { name: 'g', namespace: 'other' },
  spec: {
    from: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'default', ...from }],
    to: [{ group: '', ...to }],
  },
})
