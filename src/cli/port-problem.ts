import { findPortHolder } from '../lib/port-holder.ts'
import { formatSocketAddress, type SocketAddress } from '../lib/socket-address.ts'
import { CommandError } from './command-error.ts'

/** Turns the failure to listen on `address`, which `flag` chose, into a sentence that says who holds it. */
export function explainPort(address: SocketAddress, flag: string) {
  return (error: NodeJS.ErrnoException): never => {
    if (error.code !== 'EADDRINUSE') throw new CommandError(`${flag}: ${error.message}`)
    const holder = findPortHolder(address.port) ?? 'another process'
    throw new CommandError(
      `${formatSocketAddress(address)} is in use by ${holder}. ` +
        `End that process, or choose another address with ${flag}.`,
    )
  }
}

/** A gateway port that somebody else holds. */
export interface TakenPort {
  readonly message: string
  readonly origin: { readonly kind: string; readonly namespace: string; readonly name: string }
}

/** Ends the start when somebody else holds gateway ports; later that is a matter of one object's status. */
export function refuseTakenPorts(taken: readonly TakenPort[]): void {
  if (taken.length === 0) return
  const lines = taken.map(
    ({ message, origin: { kind, namespace, name } }) =>
      `  ${message} (for ${kind} ${namespace}/${name})`,
  )
  throw new CommandError(
    `gateway ports are taken:\n${lines.join('\n')}\n` +
      'End that process, or start with another --address-pool or --bind.',
  )
}
