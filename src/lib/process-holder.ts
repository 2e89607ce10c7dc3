import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { isIPv4 } from 'node:net'
import type { SocketAddress } from './http/socket-address.ts'

const listenState = '0A'
const anyAddress = /^0+$/

/**
 * Which process listens on `address`, such as `nginx (pid 42)`; undefined where the system does not tell
 * (no `/proc`, or a process of another user).
 */
export function findPortHolder(address: SocketAddress): string | undefined {
  return findProcess(() => {
    const inodes = inodesListeningOn(address)
    return (link) => inodes.has(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? '')
  })
}

/** Which other process has the file open, told as {@link findPortHolder} tells it. */
export function findFileHolder(path: string): string | undefined {
  return findProcess(() => (link) => link === path, String(process.pid))
}

function findProcess(
  createTest: () => (link: string) => boolean,
  except?: string,
): string | undefined {
  try {
    const test = createTest()
    const processId = readdirSync('/proc').find(
      (entry) => /^\d+$/.test(entry) && entry !== except && linksOf(entry).some(test),
    )
    if (processId === undefined) return undefined
    const name = readFileSync(`/proc/${processId}/comm`, 'utf8').trim()
    return `${name} (pid ${processId})`
  } catch {
    return undefined
  }
}

/** What the descriptors of a process are; nothing of another user's process, or of one that ended meanwhile. */
function linksOf(processId: string): string[] {
  try {
    const folder = `/proc/${processId}/fd`
    return readdirSync(folder).map((descriptor) => readLinkOrNothing(`${folder}/${descriptor}`))
  } catch {
    return []
  }
}

function readLinkOrNothing(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

function inodesListeningOn({ host, port }: SocketAddress): Set<string> {
  const inodes = new Set<string>()
  const isWanted = addressTest(host)
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readFileSync(table, 'utf8').split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/)
      const [localAddress = '', localPort = ''] = fields[1]?.split(':') ?? []
      if (fields[3] !== listenState || Number.parseInt(localPort, 16) !== port) continue
      if (isWanted(localAddress)) inodes.add(fields[9] ?? '')
    }
  }
  return inodes
}

/** Whether an address of the kernel's tables (IPv4: hexadecimal, last byte first) stands in the way of `host`. */
function addressTest(host: string): (address: string) => boolean {
  if (!isIPv4(host) || host === '0.0.0.0') return () => true
  const bytes = host.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'))
  const hexadecimal = bytes.reverse().join('').toUpperCase()
  return (address) => anyAddress.test(address) || address.endsWith(hexadecimal)
}
