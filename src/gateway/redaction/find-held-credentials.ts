import { isCredentialParameter } from '../../lib/http/credential-parameter.ts'
import type { Exchange } from '../request/exchange.ts'
import { credentialsOfHeader } from './matching/credential-forms.ts'

/** Every credential of the gateway's own that the latest try of a request was sent with. */
export function findHeldCredentials(exchange: Exchange): readonly string[] {
  const policies = exchange.policies?.onAttempt ?? []
  const values = policies.flatMap(({ heldHeaderValues = [] }) => heldHeaderValues)
  return [
    ...(exchange.model?.shownCredentials ?? []),
    ...values.flatMap(credentialsOfHeader),
    ...credentialsOfQuery(exchange),
  ]
}

/** A path of the configuration may carry a key; what the client sent itself it may see. */
function credentialsOfQuery({ upstreamPath = '', request }: Exchange): readonly string[] {
  const start = upstreamPath.indexOf('?')
  if (start < 0) return []
  return upstreamPath
    .slice(start + 1)
    .split('&')
    .flatMap((field) => {
      const [name = '', ...rest] = field.split('=')
      const value = rest.join('=')
      const isHeld = isCredentialParameter(name) && !request.url?.includes(value)
      return isHeld ? [value, decode(value)] : []
    })
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
