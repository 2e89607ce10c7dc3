import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import type { HeaderList } from '../../lib/http/header-list.ts'
import type { CredentialValue, SentRequest } from '../provider.ts'
import { removeClientCredentials } from '../shared/client-credentials.ts'

type AwsKeys = Extract<CredentialValue, { type: 'aws' }>

/** What a signature covers beside the request. */
export interface SigningPlace {
  readonly region: string
  now(): number
}

/** Signs each try (Signature Version 4); the library is loaded only where a configuration needs it. */
export function createAwsCredential(keys: AwsKeys, place: SigningPlace) {
  const signer = loadSigner(keys, place)
  const { accessKeyId, secretAccessKey, sessionToken = '' } = keys
  const held = [accessKeyId, secretAccessKey, sessionToken]
  // Whoever signs is told; until then nobody needs to be.
  signer.catch(() => undefined)
  return {
    withholdCredentials: (headers: HeaderList) => removeClientCredentials(headers),
    async authorize(request: SentRequest): Promise<GatewayError | undefined> {
      try {
        const { headers } = request
        const signed = await (await signer).sign(toSignable(request), {
          signingDate: new Date(place.now()),
        })
        for (const [name, value] of Object.entries(signed.headers)) {
          if (/^(?:authorization|x-amz-)/.test(name)) headers.set(name, value)
        }
        return undefined
      } catch (cause) {
        return gatewayError('internal', 'the request could not be signed', { cause })
      }
    },
    credentialsIn: (headers: HeaderList) => [...held, ...signaturesIn(headers)],
  }
}

/** For some minutes a signature is good for the request that it was made for. */
function signaturesIn(headers: HeaderList): readonly string[] {
  return headers
    .getAll('authorization')
    .flatMap((value) => /Signature=([0-9a-f]+)/.exec(value)?.[1] ?? [])
}

async function loadSigner(keys: AwsKeys, { region }: SigningPlace) {
  const { SignatureV4 } = await import('@smithy/signature-v4')
  const { accessKeyId, secretAccessKey, sessionToken } = keys
  return new SignatureV4({
    service: 'bedrock',
    region,
    credentials: {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
    sha256: Sha256,
  })
}

function toSignable({ method, path, host, headers, body }: SentRequest) {
  const mark = path.indexOf('?')
  const end = mark < 0 ? path.length : mark
  return {
    method,
    protocol: 'https:',
    hostname: host,
    path: path.slice(0, end),
    query: parametersOf(path.slice(end + 1)),
    headers: { ...signedHeadersOf(headers), host },
    body: body ?? Buffer.alloc(0),
  }
}

/** AWS takes no `x-amz-` header that the signature does not cover, whoever has set it. */
function signedHeadersOf(headers: HeaderList): Record<string, string> {
  const signed: Record<string, string> = {}
  for (let index = 0; index < headers.flat.length; index += 2) {
    const name = headers.flat[index] as string
    if (name !== 'content-type' && !name.startsWith('x-amz-')) continue
    const value = headers.flat[index + 1] as string
    signed[name] = signed[name] === undefined ? value : `${signed[name]},${value}`
  }
  return signed
}

/** A name may stand several times; what is no escape is a letter, and `+` is no space here. */
function parametersOf(query: string): Record<string, string[]> {
  const fields = query.split('&').filter((field) => field !== '')
  const pairs = fields.map((field) => {
    const [name = '', ...value] = field.split('=')
    return { name: decode(name), value: decode(value.join('=')) }
  })
  const groups = [...Map.groupBy(pairs, ({ name }) => name)]
  return Object.fromEntries(
    groups.map(([name, group]) => [name, group.map(({ value }) => value)] as const),
  )
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

type Source = string | ArrayBuffer | ArrayBufferView

/** What the library hashes with, on the machine's own cryptography. */
class Sha256 {
  readonly #secret: Source | undefined
  #hash: Hash | Hmac

  constructor(secret?: Source) {
    this.#secret = secret
    this.#hash = this.#create()
  }

  update(data: Source): void {
    this.#hash.update(bytesOf(data))
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#hash.digest()))
  }

  reset(): void {
    this.#hash = this.#create()
  }

  #create(): Hash | Hmac {
    if (this.#secret === undefined) return createHash('sha256')
    return createHmac('sha256', bytesOf(this.#secret))
  }
}

function bytesOf(source: Source): Buffer {
  if (typeof source === 'string') return Buffer.from(source)
  if (source instanceof ArrayBuffer) return Buffer.from(source)
  return Buffer.from(source.buffer, source.byteOffset, source.byteLength)
}
