import type { ProviderCredential } from '../../../../ir/model-provider.ts'
import type { SecretReference } from '../../../../ir/secret-reference.ts'
import { findSecret, secretValuesOf } from '../../../core/secrets.ts'
import type { ObjectView } from '../../../dialect.ts'
import { findHeaderSecret, headerSecretCommand } from '../../header-secret.ts'
import type { AuthToken } from '../../kinds/ai/auth-token.ts'
import { displayReference, type ResourceReference, resolveReference } from '../../reference.ts'

/** A credential, or why it cannot be had. */
export type FoundCredential =
  | { readonly type: 'found'; readonly credential: ProviderCredential }
  | {
      readonly type: 'error'
      readonly message: string
      /** Something that it relies on is not there. */
      readonly withdrawn: boolean
    }

/** Where an `authToken` stands and what it may refer to. */
export interface CredentialPlace {
  readonly objects: ObjectView
  /** Of Secrets without a namespace. */
  readonly namespace: string
  /** Points at the inline credential; at a field inside of it, if it has several. */
  readonly inline: (field?: string) => SecretReference
}

const wrong = (message: string): FoundCredential => ({ type: 'error', message, withdrawn: false })
const missing = (message: string): FoundCredential => ({ type: 'error', message, withdrawn: true })

/** Finds what an `authToken` stands for; nothing at all means the credential of the client. */
export function findCredential(
  token: AuthToken | undefined,
  place: CredentialPlace,
): FoundCredential {
  const set = Object.entries(token ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  )
  if (set.length > 1) {
    return wrong(`only one of ${set.join(' and ')} can be set`)
  }
  if (token?.inline !== undefined) return findInline(token.inline, place)
  if (token?.secretRef !== undefined) {
    const reference = resolveReference(token.secretRef, place.namespace)
    return reference === undefined
      ? wrong('secretRef: name must be set')
      : findInSecret(reference, place)
  }
  const [unknown] = set.filter((name) => name !== 'passthrough')
  if (unknown !== undefined)
    return wrong(`${unknown} is not known: use inline, secretRef or passthrough`)
  return { type: 'found', credential: { type: 'passthrough' } }
}

function findInline(value: string, { inline }: CredentialPlace): FoundCredential {
  const problem = findTokenProblem(value)
  if (problem !== undefined) return wrong(`inline ${problem}`)
  return foundToken(value, inline())
}

function findInSecret(reference: ResourceReference, { objects }: CredentialPlace): FoundCredential {
  const name = displayReference(reference)
  const secret = findSecret(objects, reference.namespace, reference.name)
  if (secret === undefined) {
    const command = headerSecretCommand(reference)
    return missing(
      `secretRef: list did not find secret ${name}; create it, for example with: ${command}`,
    )
  }
  const found = findHeaderSecret(objects, reference)
  if (found.type === 'error') return missing(`secretRef: ${found.message}`)
  const [header, ...others] = found.headers
  if (header === undefined || others.length > 0) {
    return missing(
      `secretRef: secret ${name} must have the single data key Authorization, but has ${found.headers.length} keys`,
    )
  }
  if (header.name.toLowerCase() !== 'authorization') {
    return missing(`secretRef: secret ${name} has no data key Authorization`)
  }
  const value = secretValuesOf(secret)[header.name] ?? ''
  const problem = findTokenProblem(value)
  if (problem !== undefined) return missing(`secretRef: Authorization in secret ${name} ${problem}`)
  return foundToken(value, header.value)
}

function foundToken(value: string, secret: SecretReference): FoundCredential {
  const type = isServiceAccountKey(value) ? 'gcp-service-account' : 'token'
  return { type: 'found', credential: { type, secret } }
}

/** Says what is wrong with a credential, but not what it is. */
function findTokenProblem(value: string): string | undefined {
  if (/^(?:bearer)?\s*$/i.test(value)) return 'holds no credential'
  if (isServiceAccountKey(value)) return undefined
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value.trim())
    ? undefined
    : 'holds characters that no header can carry'
}

/** Whether the text is the key file of a service account of Google Cloud, and no token. */
function isServiceAccountKey(value: string): boolean {
  if (!value.trimStart().startsWith('{')) return false
  try {
    const key = JSON.parse(value) as unknown
    return typeof key === 'object' && key !== null && 'private_key' in key && 'client_email' in key
  } catch {
    return false
  }
}
