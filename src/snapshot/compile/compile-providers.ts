import type { Backend } from '../../ir/backend.ts'
import type { ProviderCredential } from '../../ir/model-provider.ts'
import type { SecretReference } from '../../ir/secret-reference.ts'
import { compileProvider } from '../../providers/index.ts'
import type {
  CompiledProvider,
  CredentialValue,
  ProviderServices,
} from '../../providers/provider.ts'
import { type Failure, failure, isFailure } from './failure.ts'
import type { SecretStore } from './secret-store.ts'

interface Services {
  readonly secrets: SecretStore
  readonly providers: ProviderServices
}

/** The providers of a backend's endpoints, in their order; empty where it has none. */
export function compileProviders(
  { name, endpoints }: Backend,
  services: Services,
): readonly CompiledProvider[] | Failure {
  const providers: CompiledProvider[] = []
  for (const { provider } of endpoints) {
    if (provider === undefined) continue
    const credential = resolveCredential(provider.credential, services.secrets)
    if (isFailure(credential)) {
      return failure(`Provider ${name} has no credential: ${credential.message}`)
    }
    const compiled = compileProvider(provider, { credential, services: services.providers })
    if ('code' in compiled) return failure(`Provider ${name}: ${compiled.message}`)
    providers.push(compiled)
  }
  if (providers.length > 0 && providers.length < endpoints.length) {
    return failure(
      `Some endpoints of backend ${name} are providers of language models, others not.`,
    )
  }
  return Object.freeze(providers)
}

function resolveCredential(
  credential: ProviderCredential,
  secrets: SecretStore,
): CredentialValue | Failure {
  const { type } = credential
  switch (type) {
    case 'none':
    case 'passthrough':
      return credential
    case 'token': {
      const token = secrets.require(credential.secret)
      return typeof token === 'string' ? { type, token } : token
    }
    case 'gcp-service-account': {
      const keyFile = secrets.require(credential.secret)
      return typeof keyFile === 'string' ? { type, keyFile } : keyFile
    }
    case 'aws':
      return resolveAws(credential, (reference) => secrets.require(reference))
  }
}

function resolveAws(
  credential: Extract<ProviderCredential, { type: 'aws' }>,
  require: (reference: SecretReference) => string | Failure,
): CredentialValue | Failure {
  const accessKeyId = require(credential.accessKeyId)
  if (typeof accessKeyId !== 'string') return accessKeyId
  const secretAccessKey = require(credential.secretAccessKey)
  if (typeof secretAccessKey !== 'string') return secretAccessKey
  const sessionToken = credential.sessionToken && require(credential.sessionToken)
  if (typeof sessionToken === 'object') return sessionToken
  return { type: 'aws', accessKeyId, secretAccessKey, sessionToken }
}
