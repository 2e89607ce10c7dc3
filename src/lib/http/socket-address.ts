/** A host (name or IP address) and a port. */
export interface SocketAddress {
  readonly host: string
  readonly port: number
}

/** Reads `host:port` or `[v6]:port`; undefined when it is neither. */
export function parseSocketAddress(text: string): SocketAddress | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text)
  if (match === null) return undefined
  const port = Number(match[3])
  const host = match[1] ?? match[2]
  return host === undefined || port > 65_535 ? undefined : { host, port }
}

/** Writes `host:port`, with brackets around IPv6 addresses. */
export function formatSocketAddress({ host, port }: SocketAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
