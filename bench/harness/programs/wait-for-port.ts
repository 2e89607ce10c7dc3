import { connect } from 'node:net'

const attemptEveryMs = 20
const giveUpAfterMs = 15_000

function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** Resolves when something listens on `host:port`. */
export async function waitForPort(host: string, port: number): Promise<void> {
  const deadline = performance.now() + giveUpAfterMs
  while (performance.now() < deadline) {
    if (await isOpen(host, port)) return
    await new Promise((resolve) => setTimeout(resolve, attemptEveryMs))
  }
  throw new Error(`Nothing listens on ${host}:${port} after ${giveUpAfterMs / 1000} s.`)
}
