import type { KubeObject } from '../../../../kube/kube-object.ts'
import type { ListenerOptions } from '../../../gloo-core/kinds/listener-options/listener-options.ts'
import { readAccessLogs } from '../../../gloo-core/options/listener/access-logs.ts'
import { originOfOption } from '../../../gloo-core/options/option-set.ts'
import type { Scope } from '../../../gloo-core/options/source.ts'
import { optionsOf } from '../options/merge-options.ts'

/** The logs that a ListenerOption asks for, and what is wrong with them. */
export function readListenerLogs({ source }: Scope, object: KubeObject) {
  const options = optionsOf<ListenerOptions>(source.specs, object)
  const { namespace = '', name } = object.metadata
  const fallback = { kind: object.kind, namespace, name, fieldPath: 'spec.options' }
  const origin = originOfOption(options, 'accessLoggingService', fallback)
  return readAccessLogs(options.values.accessLoggingService ?? {}, origin)
}
