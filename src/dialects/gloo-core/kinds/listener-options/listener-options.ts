import type { Static } from 'typebox'
import { Type } from '../../../type.ts'
import { ignored } from '../../../verdict.ts'
import { ignoredList, ignoredTree, uint32 } from '../fields/scalars.ts'
import { AccessLoggingService } from './access-log.ts'

/** `ListenerOptions` of projects/gloo/api/v1/listener_options.proto. */
export const ListenerOptions = Type.Object({
  accessLoggingService: Type.Optional(AccessLoggingService),
  listenerAccessLoggingService: ignoredTree(
    'connections without a request are in the log of the process',
  ),
  extensions: ignoredTree('plugins of other programs are not loaded'),
  perConnectionBufferLimitBytes: ignored('buffers follow Node', Type.Optional(uint32())),
  socketOptions: ignoredList('sockets have the options of the process'),
  proxyProtocol: ignoredTree('the PROXY protocol is not read'),
  connectionBalanceConfig: ignoredTree('the kernel spreads connections over the workers'),
  tcpStats: ignored('statistics of TCP are not collected', Type.Optional(Type.Boolean())),
})
export type ListenerOptions = Static<typeof ListenerOptions>
