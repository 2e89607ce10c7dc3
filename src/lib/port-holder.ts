import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

const listenState = '0A'

function inodesListeningOn(port: number): Set<string> {
  const inodes = new Set<string>()
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readFileSync(table, 'utf8').split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/)
      const localPort = Number.parseInt(fields[1]?.split(':')[1] ?? '', 16)
      if (localPort === port && fields[3] === listenState) inodes.add(fields[9] ?? '')
    }
  }
  return inodes
}

function holdsOneOf(processId: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${processId}/fd`).some((fd) => {
      const inode = /^socket:\[(\d+)\]$/.exec(readLinkOrNothing(`/proc/${processId}/fd/${fd}`))?.[1]
      return inode !== undefined && inodes.has(inode)
    })
  } catch {
    // Another user's process, or one that ended meanwhile.
    return false
  }
}

function readLinkOrNothing(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

/**
 * Which process listens on `port`, such as `nginx (pid 42)`; undefined where the system does not tell
 * (no `/proc`, or a process of another user).
 */
export function findPortHolder(port: number): string | undefined {
  try {
    const inodes = inodesListeningOn(port)
    const processId = readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .find((entry) => holdsOneOf(entry, inodes))
    if (processId === undefined) return undefined
    const name = readFileSync(`/proc/${processId}/comm`, 'utf8').trim()
    return `${name} (pid ${processId})`
  } catch {
    return undefined
  }
}
