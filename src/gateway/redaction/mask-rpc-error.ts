import type { Exchange } from '../request/exchange.ts'
import { findHeldCredentials } from './find-held-credentials.ts'
import { CredentialMasker } from './matching/credential-masker.ts'

/**
 * Masks the head or the trailers of an answer where they report an error of gRPC, whose status in HTTP is 200
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). `flat` is `[name, value, …]`.
 */
export function maskRpcError(exchange: Exchange, flat: readonly string[]): readonly string[] {
  const status = flat.indexOf('grpc-status')
  if (status < 0 || flat[status + 1] === '0') return flat
  const masker = new CredentialMasker(findHeldCredentials(exchange))
  const masked = masker.maskHeaders(flat)
  exchange.maskedCredentials += masker.found
  return masked
}
