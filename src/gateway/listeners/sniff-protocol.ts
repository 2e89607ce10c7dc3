import type { Socket } from 'node:net'

/** First bytes of every HTTP/2 connection (RFC 9113 section 3.4). */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')

export type SniffedProtocol = 'http1' | 'http2'

/**
 * Node's HTTP/1 server takes over the socket's handle at once and sees no bytes that were put back, so it is
 * given them as an event; its HTTP/2 server reads what was put back.
 */
function handOver(
  socket: Socket,
  seen: Buffer,
  protocol: SniffedProtocol,
  onKnown: (protocol: SniffedProtocol) => void,
): void {
  if (protocol === 'http2') {
    socket.pause()
    socket.unshift(seen)
    onKnown(protocol)
    return
  }
  onKnown(protocol)
  socket.emit('data', seen)
}

/** What becomes of a connection that is listened to. */
export interface SniffHooks {
  readonly onKnown: (protocol: SniffedProtocol) => void
  /** The connection said too little for too long and was closed. */
  readonly onSilent: () => void
}

/**
 * Reads just enough of a clear-text connection to tell HTTP/2 with prior knowledge from HTTP/1, calls `onKnown`
 * and lets the bytes that it read follow. A connection that says nothing for `timeoutMs` is closed.
 */
export function sniffProtocol(
  socket: Socket,
  timeoutMs: number,
  { onKnown, onSilent }: SniffHooks,
): void {
  let seen: Buffer | undefined
  const finish = () => {
    socket.off('data', onData)
    socket.off('end', finish)
    socket.off('error', finish)
    socket.off('close', finish)
    socket.setTimeout(0)
    socket.off('timeout', onTimeout)
  }
  const onTimeout = () => {
    finish()
    socket.destroy()
    onSilent()
  }
  const onData = (chunk: Buffer) => {
    seen = seen === undefined ? chunk : Buffer.concat([seen, chunk])
    const compared = Math.min(seen.length, preface.length)
    const alike = seen.compare(preface, 0, compared, 0, compared) === 0
    if (alike && compared < preface.length) return
    finish()
    handOver(socket, seen, alike ? 'http2' : 'http1', onKnown)
  }
  socket.setTimeout(timeoutMs)
  socket.on('timeout', onTimeout)
  socket.on('data', onData)
  socket.on('end', finish)
  socket.on('error', finish)
  socket.on('close', finish)
}
