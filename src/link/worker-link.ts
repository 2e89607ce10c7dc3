import { parentPort } from 'node:worker_threads'
import { type DownMessage, linkVersion, type UpMessage } from './messages.ts'

type StartMessage = Extract<DownMessage, { type: 'start' }>
type LaterMessage = Exclude<DownMessage, { type: 'start' }>

/** The worker's end of the link. */
export interface WorkerLink {
  send(message: UpMessage): void
}

/**
 * Waits for control's first message, calls `onStart` with it, says `ready` and from then on hands every
 * message to the receiver that `onStart` returned.
 */
export function connectToControl(
  onStart: (start: StartMessage, link: WorkerLink) => (message: LaterMessage) => void,
): void {
  const port = parentPort
  if (port === null) throw new Error('This module runs in a gateway thread only.')
  const link: WorkerLink = { send: (message) => port.postMessage(message) }
  port.once('message', (start: DownMessage) => {
    if (start.type !== 'start' || start.linkVersion !== linkVersion) {
      throw new Error('Control speaks another version of the link protocol.')
    }
    const receive = onStart(start, link)
    port.on('message', receive)
    link.send({ type: 'ready', linkVersion })
  })
}
