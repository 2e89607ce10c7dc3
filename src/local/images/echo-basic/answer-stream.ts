import type { Socket } from 'node:net'
import type { ImageStart } from '../local-image.ts'
import { describePod } from './describe-request.ts'
import { describeTls } from './describe-tls.ts'

const maxLineLength = 64 * 1024

/** Answers lines of a connection: `PING`, `IS_TLS`, and `TEST` with what is known of pod and connection. */
export function answerStream(
  socket: Socket,
  start: ImageStart,
  { tcp, tls: tlsPort }: { readonly tcp: number; readonly tls: number },
): void {
  const tls = describeTls(socket)
  const answers: Readonly<Record<string, () => string>> = {
    PING: () => 'PONG',
    IS_TLS: () => String(tls !== undefined),
    TEST: () =>
      JSON.stringify({
        ...describePod(start),
        ...{ tcpport: String(tcp), tlsport: String(tlsPort), isTLS: tls !== undefined, tls },
      }),
  }
  let rest = ''
  socket.setEncoding('utf8')
  socket.write('Gateway API Test TCP Server\n')
  socket.on('error', () => socket.destroy())
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const command = line.replace(/\r$/, '')
      if (Object.hasOwn(answers, command)) socket.write(`${answers[command]?.()}\n`)
    }
    if (rest.length > maxLineLength) socket.destroy()
  })
}
