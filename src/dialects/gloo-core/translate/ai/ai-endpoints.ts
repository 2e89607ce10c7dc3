import { isIP } from 'node:net'
import type { ModelProvider, ProviderPath } from '../../../../ir/model-provider.ts'
import { fieldVersionOf } from '../../../../kube/field-secret.ts'
import { objectReferenceOf } from '../../../../kube/object-key.ts'
import { isHost } from '../../../../lib/upstream-address/is-host.ts'
import { createFieldReference } from '../../../core/field-secrets.ts'
import { parseClusterDnsName } from '../../../core/services.ts'
import type { AiSpec, Member } from '../../kinds/ai/upstream-ai.ts'
import { outputLimitAnnotation } from '../../kinds/upstream/upstream.ts'
import { draftEndpoint, type EndpointDraft, isDnsName } from '../upstream/endpoints.ts'
import { warnOfMissingService } from '../upstream/static-hosts.ts'
import type { UpstreamContext } from '../upstream/upstream-context.ts'
import { findAwsCredential } from './aws-credential.ts'
import { type FoundCredential, findCredential } from './credential.ts'
import { type EarlyPlaces, readEarlyForm } from './early-form.ts'
import { type AiMember, membersOf, type ProviderField } from './members.ts'
import { providerReaders } from './providers.ts'

type CustomHost = NonNullable<NonNullable<Member['openai']>['customHost']>

const tlsPort = 443

/** The providers of an AI Upstream as endpoints. TLS is spoken at port 443, and where `sslConfig` is set. */
export function translateAiEndpoints(context: UpstreamContext, ai: AiSpec): EndpointDraft[] {
  const { spec, findings } = context
  if (spec.failover !== undefined) {
    findings.errors.push('failover cannot be used with ai: use ai.multi.priorities')
  }
  const current = readEarlyForm(ai, findings)
  return membersOf(current.ai, findings).flatMap((member) => {
    const endpoint = new MemberReader(context, member, current.places).read()
    return endpoint === undefined ? [] : [endpoint]
  })
}

/** Reads one provider. */
class MemberReader {
  readonly #context: UpstreamContext
  readonly #member: AiMember
  readonly #places: EarlyPlaces
  #isWrong = false

  constructor(context: UpstreamContext, member: AiMember, places: EarlyPlaces) {
    this.#context = context
    this.#member = member
    this.#places = places
  }

  read(): EndpointDraft | undefined {
    const { field, priority, member } = this.#member
    const config: { readonly customHost?: CustomHost } = member[field] ?? {}
    const credential = this.#credential()
    const { customHost } = config
    const parts = { credential, path: this.#path(customHost?.pathOverride) }
    const { required, draft } = readProvider(field, member, parts)
    for (const [name, value] of Object.entries(required)) this.#requirePart(name, value)
    const host = customHost === undefined ? draft.host : (customHost.host ?? '')
    const port = (customHost === undefined ? draft.port : customHost.port) || tlsPort
    if (customHost !== undefined) this.#checkHost(customHost)
    if (this.#isWrong) return undefined
    if (customHost !== undefined) warnOfMissingService(this.#context, host, port)
    else if (credential.type === 'passthrough') this.#warnOfClientsCredential()
    return this.#endpoint(
      { host, port, hostname: customHost?.hostname || undefined },
      { provider: this.#withLimitField(draft.provider, host) },
      priority,
    )
  }

  /** Most servers that only speak like OpenAI do not know its newer name for the limit of output tokens. */
  #withLimitField(provider: ModelProvider, host: string): ModelProvider {
    const { upstream, findings } = this.#context
    const field = upstream.metadata.annotations?.[outputLimitAnnotation]
    if (field !== undefined && field !== 'max_tokens' && field !== 'max_completion_tokens') {
      findings.errors.push(
        `annotation ${outputLimitAnnotation} must be max_tokens or max_completion_tokens`,
      )
    }
    if (provider.type !== 'openai' && provider.type !== 'azure-openai') return provider
    const knowsNew = provider.type === 'azure-openai' || isOpenAi(host)
    const isNew = field === undefined ? knowsNew : field === 'max_completion_tokens'
    return isNew ? provider : { ...provider, outputLimitField: 'max_tokens' }
  }

  #endpoint(
    where: { readonly host: string; readonly port: number; readonly hostname: string | undefined },
    { provider }: { readonly provider: ModelProvider },
    priority: number,
  ): EndpointDraft {
    const { host, port, hostname } = where
    const { sslConfig } = this.#context.spec
    const speaksTls = sslConfig !== undefined || port === tlsPort
    if (!speaksTls && isHeld(provider) && isElsewhere(host)) this.#warnOfClearText(host, port)
    const named = hostname ?? (isDnsName(host) ? host : undefined)
    return draftEndpoint({
      host,
      port,
      priority,
      serverName: speaksTls ? (hostname ?? (sslConfig?.sni || named)) : undefined,
      hostHeader: named ?? (isIP(host) === 6 ? `[${host}]` : host),
      ...(speaksTls ? {} : { plaintext: true }),
      provider,
    })
  }

  #credential() {
    const { field, member, place } = this.#member
    const { upstream, objects, namespace } = this.#context
    const name = field === 'bedrock' ? 'credentialProvider' : 'authToken'
    const at = this.#places.token ?? `${place}.${name}`
    const inlinePath = this.#places.token === undefined ? `spec.${at}.inline` : `spec.${at}`
    const inline = (part?: string) =>
      createFieldReference(
        objectReferenceOf(upstream),
        part === undefined ? inlinePath : `${inlinePath}.${part}`,
        fieldVersionOf(upstream),
      )
    const credentialPlace = { objects, namespace, inline }
    const found: FoundCredential =
      field === 'bedrock'
        ? findAwsCredential(member.bedrock?.credentialProvider, credentialPlace)
        : findCredential(member[field]?.authToken, credentialPlace)
    if (found.type === 'error') {
      this.#context.findings.withdrawn ||= found.withdrawn
      this.#fail(`${at}: ${found.message}`)
      return { type: 'none' } as const
    }
    if (found.credential.type === 'gcp-service-account' && field !== 'vertexAi') {
      this.#fail(`${at}: the key of a service account is taken by vertexAi only`)
    }
    return found.credential
  }

  #path(override: CustomHost['pathOverride']): ProviderPath | undefined {
    const { fullPath, basePath } = override ?? {}
    if (fullPath !== undefined && basePath !== undefined) {
      this.#fail(
        `${this.#member.place}.customHost.pathOverride: only one of fullPath and basePath can be set`,
      )
    }
    const value = fullPath ?? basePath
    if (value === undefined || value === '') return undefined
    const name = fullPath === undefined ? 'basePath' : 'fullPath'
    if (!/^[\x21-\x7e]+$/.test(value) || value.includes('#')) {
      this.#fail(
        `${this.#member.place}.customHost.pathOverride.${name}: it is not a path such as /v1`,
      )
    }
    const path = value.startsWith('/') ? value : `/${value}`
    return { type: fullPath === undefined ? 'base' : 'full', value: path }
  }

  #checkHost({ host = '', hostname = '' }: CustomHost): void {
    const place = this.#places.host ?? `${this.#member.place}.customHost`
    if (host === '') this.#fail(`${place}.host must be set`)
    else if (!isHost(host)) this.#fail(`${place}.host: '${host}' is no DNS name or IP address`)
    if (hostname !== '' && !isHost(hostname)) {
      this.#fail(`${place}.hostname: '${hostname}' is no DNS name`)
    }
  }

  /** Parts of hosts and paths must be there, and must not reach out of their place. */
  #requirePart(name: string, value: string | undefined): void {
    const place = `${this.#member.place}.${name}`
    if (value === undefined || value === '') this.#fail(`${place} must be set`)
    else if (!partPatterns[name]?.test(value))
      this.#fail(`${place}: '${value}' is not possible there; write it like ${examples[name]}`)
  }

  #warnOfClearText(host: string, port: number): void {
    this.#context.findings.warnings.push(
      `${this.#member.place}: its credential goes to ${host}:${port} in clear text; use port 443, or set sslConfig`,
    )
  }

  /** Servers of one's own often need no credential; public providers always do. */
  #warnOfClientsCredential(): void {
    const { field, member, place } = this.#member
    if (field === 'bedrock' || member[field]?.authToken?.passthrough !== undefined) return
    this.#context.findings.warnings.push(
      `${place} has no authToken: the client's own credential goes to the provider, unless a JWT policy takes it out of the request; set authToken, with passthrough if that is meant`,
    )
  }

  #fail(error: string): void {
    this.#isWrong = true
    this.#context.findings.errors.push(error)
  }
}

const isOpenAi = (host: string) => /(^|\.)openai(\.azure)?\.com\.?$/i.test(host)

const isHeld = ({ credential }: ModelProvider) =>
  credential.type !== 'passthrough' && credential.type !== 'none'

/** Whether the name is one that anybody can resolve, and not of a cluster or a network of one's own. */
const isElsewhere = (host: string) =>
  isDnsName(host) &&
  /\.[a-z]+\.?$/i.test(host) &&
  parseClusterDnsName(host) === undefined &&
  !/\.(?:local|localhost|internal|lan|home|test)\.?$/i.test(host)

const segment = /^[A-Za-z0-9](?:[\w.:@-]*[A-Za-z0-9])?$/
const label = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/

const partPatterns: Readonly<Record<string, RegExp>> = {
  endpoint: /^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?$/,
  deploymentName: segment,
  apiVersion: segment,
  // ARNs of inference profiles and paths of tuned models hold slashes; who writes the path escapes them.
  model: /^[A-Za-z0-9][\w.:@/-]*$/,
  projectId: segment,
  location: label,
  region: label,
}

const examples: Readonly<Record<string, string>> = {
  endpoint: 'name.openai.azure.com',
  deploymentName: 'gpt-4o',
  apiVersion: 'v1',
  model: 'gemini-2.5-flash',
  projectId: 'my-project',
  location: 'us-central1',
  region: 'us-east-1',
}

function readProvider<Field extends ProviderField>(
  field: Field,
  member: Member,
  parts: Parameters<(typeof providerReaders)[Field]>[1],
) {
  const config = (member[field] ?? {}) as NonNullable<Member[Field]>
  return providerReaders[field](config, parts)
}
