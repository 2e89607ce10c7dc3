import type { HeaderList } from '../../lib/header-list.ts'

/** Headers in which clients show who they are, to any of the providers. */
const credentialHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'x-amz-date',
  'x-amz-content-sha256',
  'x-amz-security-token',
])

/** Takes out of a try's headers what a client authenticates with, save for the header `kept`. */
export function removeClientCredentials(headers: HeaderList, kept?: string): void {
  const { flat } = headers
  for (let index = flat.length - 2; index >= 0; index -= 2) {
    const name = flat[index] as string
    if (name !== kept && credentialHeaders.has(name)) flat.splice(index, 2)
  }
}
