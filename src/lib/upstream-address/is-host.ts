import { isIP } from 'node:net'

/** Whether a text is an IP address or has the form of a DNS name, with underscores, which names inside of clusters have. */
export const isHost = (text: string): boolean =>
  isIP(text) !== 0 || /^[A-Za-z0-9_](?:[\w.-]*[\w.])?$/.test(text)
