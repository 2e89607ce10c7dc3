import { generateKeyPairSync, sign } from 'node:crypto'

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signs tokens of the issuer `solo.io` with a key of its own, whose public half is `pem` as YAML takes it. */
export function createSigner(): { readonly pem: string; sign(claims: object): string } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    pem: JSON.stringify(publicKey.export({ format: 'pem', type: 'spki' })),
    sign(claims) {
      const head = encode({ alg: 'RS256', typ: 'JWT' })
      const signed = `${head}.${encode({ iss: 'solo.io', ...claims })}`
      return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`
    },
  }
}
