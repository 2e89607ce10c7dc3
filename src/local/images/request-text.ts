import type { IncomingMessage } from 'node:http'

/** The largest body that a stand-in reads. */
const maxBytes = 4 * 1024 * 1024

/** The body of a request; undefined for one that is too large. */
export async function readRequestText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += (chunk as Buffer).length
    if (length > maxBytes) return undefined
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString()
}
