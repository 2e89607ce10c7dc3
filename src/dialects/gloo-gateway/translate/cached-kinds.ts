import type { GroupKind, KubeObject } from '../../../kube/kube-object.ts'
import { gatewayKind } from '../../gateway-api/names.ts'
import {
  httpListenerOptionKind,
  listenerOptionKind,
  routeOptionKind,
  virtualHostOptionKind,
} from '../../gloo-core/kinds/option-kinds.ts'
import { rateLimitConfigKind } from '../../gloo-core/kinds/rate-limit/rate-limit-config.ts'
import { directResponseKind, gatewayParametersKind } from '../names.ts'

/** Kinds of objects that attach to others. */
const optionKinds: readonly GroupKind[] = [
  routeOptionKind,
  virtualHostOptionKind,
  listenerOptionKind,
  httpListenerOptionKind,
]

/** Kinds whose specs are kept between translations. */
export const cachedKinds: readonly GroupKind[] = [
  ...optionKinds,
  ...[directResponseKind, gatewayParametersKind, gatewayKind],
  ...[rateLimitConfigKind, { group: 'gloo.solo.io', kind: 'Settings' }],
]

/** The form `namespace/name` in which Gloo's messages name an object here. */
export const displayName = ({ metadata }: KubeObject) =>
  `${metadata.namespace ?? ''}/${metadata.name}`
