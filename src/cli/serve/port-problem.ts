import { formatSocketAddress, type SocketAddress } from '../../lib/http/socket-address.ts'
import { findPortHolder } from '../../lib/process-holder.ts'
import { CommandError } from '../command-error.ts'

/** Turns the failure to listen on `address`, which `flag` chose, into a sentence that says who holds it. */
export function explainPort(address: SocketAddress, flag: string) {
  return (error: NodeJS.ErrnoException): never => {
    if (error.code !== 'EADDRINUSE') throw new CommandError(`${flag}: ${error.message}`)
    const holder = findPortHolder(address) ?? 'another process'
    throw new CommandError(
      `${formatSocketAddress(address)} is in use by ${holder}. ` +
        `End that process, or choose another address with ${flag}.`,
    )
  }
}

/** A gateway port that cannot be had. */
export interface UnusablePort {
  readonly reason: string
  readonly message: string
  readonly origin: { readonly kind: string; readonly namespace: string; readonly name: string }
}

/**
 * Ends the start when somebody else holds gateway ports, or their address is not of this machine; later that is a
 * matter of one object's status.
 */
export function refuseUnusablePorts(refused: readonly UnusablePort[]): void {
  const taken = refused.filter(
    ({ reason }) => reason === 'in-use' || reason === 'address-not-available',
  )
  if (taken.length === 0) return
  const lines = taken.map(
    ({ message, origin: { kind, namespace, name } }) =>
      `  ${message} (for ${kind} ${namespace}/${name})`,
  )
  throw new CommandError(
    `gateway ports cannot be had:\n${lines.join('\n')}\n` +
      'End the process that holds them, or start with another --address-pool or --bind.',
  )
}
