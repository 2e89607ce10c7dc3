import { describe, expect, test } from 'vitest'
import type { Endpoint } from '../../../../ir/backend.ts'
import { readField } from '../../../../kube/field-secret.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { createObjectView } from '../../../shared/testing/object-view.ts'
import { createUpstreamTranslator } from '../upstream-translator.ts'

const namespace = 'gloo-system'
const data = (values: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  )
const secret = (name: string, values: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace, resourceVersion: '7' },
  data: data(values),
})
const upstream = (ai: unknown): KubeObject => ({
  apiVersion: 'gloo.solo.io/v1',
  kind: 'Upstream',
  metadata: { name: 'llm', namespace, uid: 'u', generation: 3 },
  spec: { ai },
})
const key = secret('key', { Authorization: 'Bearer sk-own' })

interface State {
  readonly state: string
  readonly reason?: string
}

function translate(ai: unknown, ...others: readonly KubeObject[]) {
  const translation = createUpstreamTranslator().translate(
    createObjectView([upstream(ai), ...others]),
  )
  const backend = translation.backends.get('gloo/gloo-system/llm')
  const [status] = translation.statuses
  const { statuses } = (status?.status ?? { statuses: {} }) as { statuses: Record<string, State> }
  const state = statuses[namespace]
  return { backend, state, secretIds: [...translation.secretIds] }
}

const endpointOf = (ai: unknown, ...others: readonly KubeObject[]): Endpoint => {
  const { backend, state } = translate(ai, ...others)
  const [endpoint] = backend?.endpoints ?? []
  if (endpoint === undefined) throw new Error(state?.reason)
  return endpoint
}

const secretRef = { name: 'key' }
const authToken = { secretRef }
const aws = { inline: { accessKeyId: 'AKIA', secretAccessKey: 's' } }

test.each([
  ['openai', { openai: { authToken } }, 'api.openai.com'],
  ['mistral', { mistral: { authToken } }, 'api.mistral.ai'],
  ['anthropic', { anthropic: { authToken } }, 'api.anthropic.com'],
  [
    'azure-openai',
    {
      azureOpenai: {
        authToken,
        endpoint: 'https://own.openai.azure.com/',
        deploymentName: 'gpt',
        apiVersion: '2024-06-01',
      },
    },
    'own.openai.azure.com',
  ],
  [
    'gemini',
    { gemini: { authToken, model: 'gemini-1.5-flash-latest', apiVersion: 'v1beta' } },
    'generativelanguage.googleapis.com',
  ],
  [
    'vertex-ai',
    {
      vertexAi: {
        authToken,
        model: 'gemini',
        apiVersion: 'v1',
        projectId: 'p',
        location: 'us-east1',
      },
    },
    'us-east1-aiplatform.googleapis.com',
  ],
  [
    'bedrock',
    {
      bedrock: {
        model: 'anthropic.claude-v2:1',
        region: 'us-east-1',
        credentialProvider: aws,
      },
    },
    'bedrock-runtime.us-east-1.amazonaws.com',
  ],
])('an AI upstream is its provider at the host and path that it names', (type, ai, host) => {
  expect(endpointOf(ai, key)).toMatchObject({
    ...{ host, port: 443, serverName: host, hostHeader: host },
    provider: { type, path: undefined },
  })
  const { backend } = translate(ai, key)
  expect(backend?.tls?.verification).toEqual({ type: 'system' })
})

describe('customHost', () => {
  const at = (customHost: unknown) => endpointOf({ openai: { authToken, customHost } }, key)

  test('port 443 alone means TLS', () => {
    expect(at({ host: 'llm.example', port: 443 })).toMatchObject({ serverName: 'llm.example' })
    expect(at({ host: 'llm.example', port: 8443 })).toMatchObject({
      serverName: undefined,
      plaintext: true,
    })
    expect(
      translate({ openai: { authToken, customHost: { host: 'llm.example', port: 80 } } }, key)
        .backend?.tls,
    ).toBeUndefined()
  })

  test.each([
    ['llm.example', 'Warning'],
    ['llm.default.svc.cluster.local', 'Warning'],
    ['llm', 'Accepted'],
    ['192.0.2.1', 'Accepted'],
  ])('%s without TLS', (host, expected) => {
    const { state } = translate({ openai: { authToken, customHost: { host, port: 80 } } }, key)
    expect(state?.state).toBe(expected)
    const saysClearText = state?.reason?.includes('in clear text') ?? false
    expect(saysClearText).toBe(host === 'llm.example')
  })

  test('hostname is what the handshake and the Host header name', () => {
    const named = at({ host: '192.0.2.1', port: 443, hostname: 'llm.example' })
    expect(named).toMatchObject({ serverName: 'llm.example', hostHeader: 'llm.example' })
  })

  test('an address with a name to hold its certificate against is verified', () => {
    const customHost = { host: '192.0.2.1', port: 443, hostname: 'llm.example' }
    const { backend } = translate({ openai: { authToken, customHost } }, key)
    expect(backend?.tls?.verification).toEqual({ type: 'system' })
  })

  test.each([
    [{ fullPath: '/x/chat' }, { type: 'full', value: '/x/chat' }],
    [{ basePath: 'api/v2' }, { type: 'base', value: '/api/v2' }],
  ])('pathOverride %j', (pathOverride, path) => {
    expect(at({ host: 'llm.example', port: 80, pathOverride }).provider?.path).toEqual(path)
  })
})

describe('the name of the limit of output tokens', () => {
  const azure = { endpoint: 'own.openai.azure.com', deploymentName: 'd', apiVersion: '2024-06-01' }
  const at = (host: string) => ({ openai: { customHost: { host, port: 8080 } } })
  const limitFieldOf = (ai: object, field?: string) => {
    const annotations = field === undefined ? {} : { 'sluice.dev/output-limit-field': field }
    const object = upstream(ai)
    const { backends, statuses } = createUpstreamTranslator().translate(
      createObjectView([{ ...object, metadata: { ...object.metadata, annotations } }]),
    )
    const provider = backends.get('gloo/gloo-system/llm')?.endpoints[0]?.provider
    if (provider === undefined) return JSON.stringify(statuses)
    return 'outputLimitField' in provider ? provider.outputLimitField : undefined
  }

  test.each<[object, string | undefined, string | undefined]>([
    [{ openai: {} }, undefined, undefined],
    [at('api.openai.com'), undefined, undefined],
    [at('eu.api.openai.com'), undefined, undefined],
    [at('ollama.apps'), undefined, 'max_tokens'],
    [at('notopenai.com'), undefined, 'max_tokens'],
    [at('ollama.apps'), 'max_completion_tokens', undefined],
    [{ openai: {} }, 'max_tokens', 'max_tokens'],
    [{ azureOpenai: azure }, undefined, undefined],
    [{ azureOpenai: azure }, 'max_tokens', 'max_tokens'],
    [{ mistral: {} }, undefined, undefined],
  ])('of %j with the annotation %s is %s', (ai, annotation, field) => {
    expect(limitFieldOf(ai, annotation)).toBe(field)
  })

  test('must be one that there is', () => {
    expect(limitFieldOf({ openai: {} }, 'limit')).toContain(
      'must be max_tokens or max_completion_tokens',
    )
  })
})

describe('credentials', () => {
  test('an AI upstream refers to the credential that it names', () => {
    const { backend, secretIds } = translate({ openai: { authToken } }, key)
    expect(backend?.endpoints[0]?.provider?.credential).toEqual({
      type: 'token',
      secret: { secretId: 'gloo-system/key', key: 'Authorization', version: '7' },
    })
    expect(secretIds).toEqual(['gloo-system/key'])
  })

  test('an inline credential stands in the object alone', () => {
    const ai = { openai: { authToken: { inline: 'sk-inline' } } }
    const { backend, secretIds, state } = translate(ai)
    expect(JSON.stringify({ backend, state })).not.toContain('sk-inline')
    const [id = ''] = secretIds
    expect(id).toBe('gloo.solo.io/Upstream/gloo-system/llm#spec.ai.openai.authToken.inline')
    expect(readField(upstream(ai), id.slice(id.indexOf('#') + 1))).toBe('sk-inline')
  })

  test.each([[undefined], [{}], [{ passthrough: {} }]])('%j is that of the client', (token) => {
    const ai = { openai: token === undefined ? {} : { authToken: token } }
    expect(endpointOf(ai).provider?.credential).toEqual({ type: 'passthrough' })
  })

  test('AWS keys come from a Secret, too', () => {
    const bedrock = { model: 'm', region: 'us-east-1', credentialProvider: { secretRef } }
    const keys = { aws_access_key_id: 'AKIA', aws_secret_access_key: 's' }
    expect(endpointOf({ bedrock }, secret('key', keys)).provider?.credential).toMatchObject({
      type: 'aws',
      accessKeyId: { secretId: 'gloo-system/key', key: 'aws_access_key_id' },
      sessionToken: undefined,
    })
  })

  test('the key file of a service account is told from a token', () => {
    const file = JSON.stringify({ client_email: 'a@b', private_key: 'PEM' })
    const vertexAi = { authToken, model: 'm', apiVersion: 'v1', projectId: 'p', location: 'global' }
    const endpoint = endpointOf({ vertexAi }, secret('key', { Authorization: file }))
    expect(endpoint.host).toBe('aiplatform.googleapis.com')
    expect(endpoint.provider?.credential.type).toBe('gcp-service-account')
  })

  test('a credential that is taken away is not used any longer', () => {
    const translator = createUpstreamTranslator()
    const object = upstream({ openai: { authToken } })
    translator.translate(createObjectView([object, key]))
    expect(translator.translate(createObjectView([object])).backends.size).toBe(0)
  })
})

describe('multi', () => {
  const member = (model: string, host: string, port: number) => ({
    openai: { authToken, model, customHost: { host, port } },
  })

  test('the members of an AI upstream have the priority of their pool', () => {
    const priorities = [
      { pool: [member('a', 'a.example', 443), member('b', 'a.example', 443)] },
      { pool: [member('c', 'c.example', 80)] },
    ]
    const { backend } = translate({ multi: { priorities } }, key)
    expect(
      backend?.endpoints.map(({ id, priority, plaintext, provider }) => [
        ...[id, priority, plaintext, provider?.type === 'openai' && provider.model],
      ]),
    ).toEqual([
      ['gloo/gloo-system/llm/a.example:443', 0, undefined, 'a'],
      ['gloo/gloo-system/llm/a.example:443#2', 0, undefined, 'b'],
      ['gloo/gloo-system/llm/c.example:80', 1, true, 'c'],
    ])
  })
})

describe('early releases', () => {
  test.each([
    [{ openai: {}, authTokenRef: 'key' }, 'api.openai.com'],
    [{ mistral: {}, authTokenRef: { name: 'key', namespace } }, 'api.mistral.ai'],
    [{ custom: { host: 'llm.example', port: 80 }, authTokenRef: 'key' }, 'llm.example'],
  ])('AI upstreams of the first releases mean what they meant', (ai, host) => {
    const endpoint = endpointOf(ai, key)
    expect(endpoint.host).toBe(host)
    expect(endpoint.provider?.credential).toMatchObject({ secret: { secretId: 'gloo-system/key' } })
  })

  test('an inline credential is read where it stands', () => {
    const { secretIds } = translate({ openai: {}, inlineAuthToken: 'sk' })
    expect(secretIds).toEqual(['gloo.solo.io/Upstream/gloo-system/llm#spec.ai.inlineAuthToken'])
  })
})

test.each<[unknown, string]>([
  [{}, 'ai: no LLM provider is set'],
  [{ openai: {}, mistral: {} }, 'ai: only one LLM provider can be set, not openai, mistral'],
  [{ openai: { authToken: { secretRef: { name: 'no' } } } }, 'did not find secret gloo-system.no'],
  [{ openai: { authToken: { inline: '' } } }, 'ai.openai.authToken: inline holds no credential'],
  [
    { openai: { authToken: { inline: 'a', passthrough: {} } } },
    'only one of inline and passthrough',
  ],
  [{ openai: { authToken: { inline: 'sk\nbad: header' } } }, 'characters that no header can carry'],
  [{ openai: { customHost: {} } }, 'ai.openai.customHost.host must be set'],
  [{ openai: { customHost: { host: 'a/b' } } }, "'a/b' is no DNS name"],
  [{ gemini: { apiVersion: 'v1' } }, 'ai.gemini.model must be set'],
  [{ azureOpenai: { endpoint: 'a.b' } }, 'ai.azureOpenai.deploymentName must be set'],
  [
    { vertexAi: { model: 'm', apiVersion: 'v1', projectId: 'p', location: 'evil.example/' } },
    "ai.vertexAi.location: 'evil.example/' is not possible there; write it like us-central1",
  ],
  [{ bedrock: { model: 'm', region: 'r' } }, 'credentialProvider: one of secretRef or inline'],
  [{ multi: {} }, 'at least one priority is needed'],
  [{ multi: { priorities: [{ pool: [] }] } }, 'priorities[0].pool: at least one LLM provider'],
  [
    { multi: { priorities: [{ pool: [{ openai: {} }] }, { pool: [{ mistral: {} }] }] } },
    'all LLM providers must be of the same type, not openai, mistral',
  ],
  [{ anthropic: {}, authTokenRef: 'key' }, 'belong to openai, mistral or custom'],
])('%j is rejected with what to do', (ai, text) => {
  const { backend, state } = translate(ai, key)
  expect(backend).toBeUndefined()
  expect(state).toMatchObject({ state: 'Rejected', reason: expect.stringContaining(text) })
})

test('a Secret with more than the credential is refused', () => {
  const two = secret('key', { Authorization: 'Bearer sk', other: 'x' })
  const { state } = translate({ openai: { authToken } }, two)
  expect(state?.reason).toContain('must have the single data key Authorization, but has 2 keys')
})

describe('a public provider that is given no credential', () => {
  test('is told of, since clients must then bring one', () => {
    const { state } = translate({ openai: {} })
    expect(state).toMatchObject({
      state: 'Warning',
      reason: expect.stringContaining('ai.openai has no authToken: the client'),
    })
  })

  test.each([
    { openai: { authToken: { passthrough: {} } } },
    { openai: { customHost: { host: '192.0.2.7', port: 8080 } } },
    { openai: { authToken: { inline: 'sk-own' } } },
    { bedrock: { model: 'm', region: 'r', credentialProvider: aws } },
  ])('is not meant by %j', (ai) => {
    expect(translate(ai).state?.state).toBe('Accepted')
  })
})
