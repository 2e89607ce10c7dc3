import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'

const unauthenticated = (message: string) => gatewayError('unauthenticated', message)

/** Why a token is refused, in Envoy's words (https://github.com/envoyproxy/envoy, source/extensions/filters/http/jwt_authn). */
export const refusals = {
  missing: unauthenticated('Jwt is missing'),
  tooLarge: unauthenticated('Jwt is larger than 16384 bytes'),
  format: unauthenticated(
    'Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections',
  ),
  headerEncoding: unauthenticated('Jwt header is an invalid Base64url encoded'),
  headerJson: unauthenticated('Jwt header is an invalid JSON'),
  algorithmMissing: unauthenticated('Jwt header [alg] field is required and must be a string'),
  algorithmUnknown: unauthenticated('Jwt header [alg] is not supported'),
  keyId: unauthenticated('Jwt header [kid] field is not a string'),
  critical: unauthenticated('Jwt header [crit] is not supported'),
  payloadEncoding: unauthenticated('Jwt payload is an invalid Base64'),
  payloadJson: unauthenticated('Jwt payload is an invalid JSON'),
  issuerType: unauthenticated('Jwt payload [iss] field is not a string'),
  audienceType: unauthenticated('Jwt payload [aud] field is not a string or string list'),
  notBeforeType: unauthenticated('Jwt payload [nbf] field is not a positive integer'),
  expiryType: unauthenticated('Jwt payload [exp] field is not a positive integer'),
  signatureEncoding: unauthenticated('Jwt signature is an invalid Base64'),
  issuer: unauthenticated('Jwt issuer is not configured'),
  expired: unauthenticated('Jwt is expired'),
  notYetValid: unauthenticated('Jwt not yet valid'),
  audience: gatewayError('forbidden', 'Audiences in Jwt are not allowed'),
  noKey: unauthenticated("Jwks doesn't have key to match kid or alg from Jwt"),
  noRemoteKeys: unauthenticated('Jwks remote fetch is failed'),
  signature: unauthenticated('Jwt verification fails'),
} as const satisfies Record<string, GatewayError>

/** Of the refusals of several providers the one that says most: another provider's issuer says little. */
export function moreTelling(known: GatewayError | undefined, next: GatewayError): GatewayError {
  return known === undefined || known === refusals.issuer ? next : known
}
