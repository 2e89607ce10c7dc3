import { isCredentialParameter } from '../../lib/http/credential-parameter.ts'
import type { HeaderList } from '../../lib/http/header-list.ts'

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

/** Whether a header is one in which clients show who they are to a provider. */
export const isCredentialHeader = (name: string): boolean => credentialHeaders.has(name)

/** Takes out of a try's headers what a client authenticates with. */
export function removeClientCredentials(headers: HeaderList): void {
  const { flat } = headers
  for (let index = flat.length - 2; index >= 0; index -= 2) {
    if (credentialHeaders.has(flat[index] as string)) flat.splice(index, 2)
  }
  const protocols = headers.get('sec-websocket-protocol')
  if (protocols === undefined) return
  const kept = withoutKeys(protocols)
  if (kept === '') headers.remove('sec-websocket-protocol')
  else headers.set('sec-websocket-protocol', kept)
}

/** Browsers cannot set headers of WebSockets, so OpenAI takes keys as the name of a protocol. */
function withoutKeys(protocols: string): string {
  const names = protocols.split(',').map((name) => name.trim())
  return names.filter((name) => !name.startsWith('openai-insecure-api-key.')).join(', ')
}

/** The query without fields that carry credentials, such as `key`. */
export function removeQueryCredentials(query: string): string {
  if (query.length <= 1) return ''
  const fields = query.slice(1).split('&')
  const kept = fields.filter((field) => !isCredentialParameter(field.split('=', 1)[0] ?? ''))
  return kept.length === 0 ? '' : `?${kept.join('&')}`
}
