import { createSecretReference, findSecret, secretValuesOf } from '../../../core/secrets.ts'
import { glooSecretTypeOf } from '../../header-secret.ts'
import type { Member } from '../../kinds/ai/upstream-ai.ts'
import { displayReference, resolveReference } from '../../reference.ts'
import type { CredentialPlace, FoundCredential } from './credential.ts'

type CredentialProvider = NonNullable<NonNullable<Member['bedrock']>['credentialProvider']>

const keys = {
  accessKeyId: 'aws_access_key_id',
  secretAccessKey: 'aws_secret_access_key',
  sessionToken: 'aws_session_token',
} as const

const wrong = (message: string): FoundCredential => ({ type: 'error', message, withdrawn: false })
const missing = (message: string): FoundCredential => ({ type: 'error', message, withdrawn: true })

/** Finds the AWS keys that a `credentialProvider` names. */
export function findAwsCredential(
  provider: CredentialProvider | undefined,
  place: CredentialPlace,
): FoundCredential {
  const { inline, secretRef, ...unknown } = provider ?? {}
  const [field] = Object.keys(unknown)
  if (field !== undefined) return wrong(`${field} is not supported: use secretRef or inline`)
  if ((inline === undefined) === (secretRef === undefined)) {
    return wrong('one of secretRef or inline is needed')
  }
  return inline === undefined ? findInSecret(secretRef, place) : findInline(inline, place)
}

function findInline(
  inline: NonNullable<CredentialProvider['inline']>,
  place: CredentialPlace,
): FoundCredential {
  const { accessKeyId = '', secretAccessKey = '', sessionToken = '' } = inline
  if (accessKeyId === '') return wrong('inline.accessKeyId must be set')
  if (secretAccessKey === '') return wrong('inline.secretAccessKey must be set')
  return {
    type: 'found',
    credential: {
      type: 'aws',
      accessKeyId: place.inline('accessKeyId'),
      secretAccessKey: place.inline('secretAccessKey'),
      sessionToken: sessionToken === '' ? undefined : place.inline('sessionToken'),
    },
  }
}

function findInSecret(value: unknown, { namespace, objects }: CredentialPlace): FoundCredential {
  const reference = resolveReference(value, namespace)
  if (reference === undefined) return wrong('secretRef: name must be set')
  const name = displayReference(reference)
  const secret = findSecret(objects, reference.namespace, reference.name)
  if (secret === undefined) {
    return missing(
      `secretRef: list did not find secret ${name}; create it with the data keys ${keys.accessKeyId} and ${keys.secretAccessKey}`,
    )
  }
  if (glooSecretTypeOf(secret) !== 'aws') {
    return missing(
      `secretRef: secret ${name} is not an AWS secret: it needs the data keys ${keys.accessKeyId} and ${keys.secretAccessKey}`,
    )
  }
  const values = secretValuesOf(secret)
  const empty = [keys.accessKeyId, keys.secretAccessKey].find((key) => (values[key] ?? '') === '')
  if (empty !== undefined) return missing(`secretRef: ${empty} in secret ${name} is empty`)
  const hasSession = (values[keys.sessionToken] ?? '') !== ''
  return {
    type: 'found',
    credential: {
      type: 'aws',
      accessKeyId: createSecretReference(secret, keys.accessKeyId),
      secretAccessKey: createSecretReference(secret, keys.secretAccessKey),
      sessionToken: hasSession ? createSecretReference(secret, keys.sessionToken) : undefined,
    },
  }
}
