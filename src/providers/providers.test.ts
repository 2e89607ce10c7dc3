import { describe, expect, test } from 'vitest'
import { gatewayError } from '../errors/gateway-error.ts'
import type { ModelProvider } from '../ir/model-provider.ts'
import { HeaderList } from '../lib/http/header-list.ts'
import { compileProvider } from './index.ts'
import type { CompiledProvider, CredentialValue } from './provider.ts'

const credential = { type: 'none' } as const
const parts = { credential, path: undefined }
const openai: ModelProvider = { type: 'openai', model: undefined, ...parts }
const mistral: ModelProvider = { type: 'mistral', model: undefined, ...parts }
const anthropic: ModelProvider = {
  type: 'anthropic',
  model: undefined,
  version: undefined,
  ...parts,
}
const azure: ModelProvider = {
  type: 'azure-openai',
  deployment: 'd1',
  apiVersion: '2024-10-21',
  ...parts,
}

const gemini: ModelProvider = { type: 'gemini', model: 'g2', apiVersion: 'v1beta', ...parts }
const vertex: ModelProvider = {
  ...{ type: 'vertex-ai', model: 'g2', apiVersion: 'v1', projectId: 'p', location: 'l' },
  ...{ publisher: 'google', modelPath: undefined, schema: 'gemini', ...parts },
}
const partner: ModelProvider = { ...vertex, publisher: 'anthropic', schema: 'anthropic' }
const bedrock: ModelProvider = {
  ...{ type: 'bedrock', model: 'anthropic.claude-v2:1', region: 'eu-west-1', ...parts },
}

const services = {
  unixTimeMs: () => Date.UTC(2026, 10, 20),
  callHost: () => Promise.resolve(gatewayError('backend-not-found', 'no such host')),
}

function compile(config: ModelProvider, value: CredentialValue = credential): CompiledProvider {
  const compiled = compileProvider(config, { credential: value, services })
  if ('code' in compiled) throw new Error(compiled.message)
  return compiled
}

/** What a client's request for `path` becomes. */
function upstream(config: ModelProvider, [method, path, query = '']: readonly string[]) {
  const provider = compile(config)
  const endpoint = provider.findEndpoint(method ?? '', path ?? '')
  if (endpoint === undefined) return undefined
  const { streaming = false } = endpoint
  const request = { path: path ?? '', query, streaming, model: undefined }
  return `${endpoint.operation} ${provider.upstreamPath(request, endpoint)}`
}

describe('paths', () => {
  test.each<[ModelProvider, readonly string[], string | undefined]>([
    [openai, ['POST', '/'], 'chat /v1/chat/completions'],
    [openai, ['POST', '/openai'], 'chat /v1/chat/completions'],
    [openai, ['POST', '/openai/v1', '?a=b'], 'chat /v1/chat/completions'],
    [openai, ['POST', '/openai/v1/chat/completions', '?a=b'], 'chat /v1/chat/completions'],
    [openai, ['POST', '/openai/v1/embeddings'], 'embedding /v1/embeddings'],
    [openai, ['POST', '/openai/v1/moderations'], 'moderation /v1/moderations'],
    [openai, ['POST', '/x/v1/completions'], 'completion /v1/completions'],
    [openai, ['GET', '/openai/v1/models', '?limit=2'], 'platform /v1/models?limit=2'],
    [openai, ['DELETE', '/openai/v1/models/ft:mine'], 'platform /v1/models/ft:mine'],
    [openai, ['POST', '/openai/v1/fine_tuning/jobs'], 'platform /v1/fine_tuning/jobs'],
    [openai, ['GET', '/openai/v1/files/file-1/content'], 'platform /v1/files/file-1/content'],
    [openai, ['POST', '/openai/v1/responses'], 'chat /v1/responses'],
    [openai, ['GET', '/openai/v1/responses/r1'], 'platform /v1/responses/r1'],
    [openai, ['POST', '/openai/v1/images/generations'], 'platform /v1/images/generations'],
    [openai, ['POST', '/openai/v1/audio/speech'], 'platform /v1/audio/speech'],
    [openai, ['DELETE', '/openai/v1/conversations/c1'], 'platform /v1/conversations/c1'],
    [openai, ['GET', '/openai/v1/realtime'], 'platform /v1/realtime'],
    [openai, ['GET', '//v1//files///file-1'], 'platform /v1/files/file-1'],
    [openai, ['GET', '/openai/v1/files#/../assistants'], undefined],
    [openai, ['GET', '/openai'], undefined],
    [openai, ['POST', '/openai/v1/assistants'], undefined],
    [openai, ['POST', '/openai/v1/chat/completions/extra'], undefined],
    [openai, ['POST', '/openai/v1/files/%2e%2e/assistants'], undefined],
    [openai, ['POST', '/openai/v1/files/%252e%25252E/assistants'], undefined],
    [openai, ['POST', '/openai/v1/files/../assistants'], undefined],
    [openai, ['POST', '/openai/v1/files%2F..%2Fassistants'], undefined],
    [mistral, ['POST', '/mistralai'], 'chat /v1/chat/completions'],
    [mistral, ['POST', '/mistralai/v1/embeddings'], 'embedding /v1/embeddings'],
    [mistral, ['POST', '/mistralai/v1/moderations'], 'platform /v1/moderations'],
    [anthropic, ['POST', '/claude'], 'chat /v1/messages'],
    [anthropic, ['POST', '/claude/v1/messages', '?beta=true'], 'chat /v1/messages'],
    [
      anthropic,
      ['POST', '/claude/v1/messages/count_tokens'],
      'count-tokens /v1/messages/count_tokens',
    ],
    [anthropic, ['GET', '/claude/v1/models'], 'platform /v1/models'],
    [anthropic, ['POST', '/claude/v1/messages/batches'], undefined],
    [anthropic, ['POST', '/claude/v1/chat/completions'], undefined],
    [
      azure,
      ['POST', '/azure'],
      'chat /openai/deployments/d1/chat/completions?api-version=2024-10-21',
    ],
    [
      azure,
      ['POST', '/openai/deployments/other/chat/completions', '?api-version=1'],
      'chat /openai/deployments/d1/chat/completions?api-version=2024-10-21',
    ],
    [
      azure,
      ['POST', '/openai/deployments/other/embeddings', '?api-version=1&key=k'],
      'embedding /openai/deployments/d1/embeddings?api-version=2024-10-21',
    ],
    [
      azure,
      ['POST', '/a/openai/deployments/other/completions'],
      'completion /openai/deployments/d1/completions?api-version=2024-10-21',
    ],
    [azure, ['POST', '/openai/deployments/other/assistants'], undefined],
    [azure, ['POST', '/openai/deployments/x/y/embeddings'], undefined],
    [azure, ['GET', '/openai/deployments/other/embeddings'], undefined],
    [azure, ['POST', '/azure/v1/responses'], undefined],
    [azure, ['GET', '/azure'], undefined],
    [gemini, ['POST', '/gemini'], 'chat /v1beta/models/g2:generateContent'],
    [
      gemini,
      ['POST', '/g/v1/models/other:generateContent'],
      'chat /v1beta/models/g2:generateContent',
    ],
    [
      gemini,
      ['POST', '/v1beta/models/other:streamGenerateContent', '?alt=sse&key=client'],
      'chat /v1beta/models/g2:streamGenerateContent?alt=sse',
    ],
    [
      gemini,
      ['POST', '/v1beta/models/other:streamGenerateContent'],
      'chat /v1beta/models/g2:streamGenerateContent',
    ],
    [
      gemini,
      ['POST', '/v1beta/models/g:countTokens'],
      'count-tokens /v1beta/models/g2:countTokens',
    ],
    [
      gemini,
      ['POST', '/v1beta/models/emb-1:batchEmbedContents'],
      'embedding /v1beta/models/emb-1:batchEmbedContents',
    ],
    [
      gemini,
      ['GET', '/g/v1beta/models', '?key=client&pageSize=2'],
      'platform /v1beta/models?pageSize=2',
    ],
    [openai, ['GET', '/v1/models/..;/chat/completions'], undefined],
    [gemini, ['POST', '/v1beta/files'], undefined],
    [gemini, ['GET', '/v1beta/models/g'], 'platform /v1beta/models/g'],
    [gemini, ['GET', '/v1beta/models/g:generateContent/'], undefined],
    [gemini, ['GET', '/v1beta/models/g%3AgenerateContent'], undefined],
    [gemini, ['POST', '/v1beta/models/g:predict'], undefined],
    [gemini, ['POST', '/v1beta/models/..%2fg:generateContent'], undefined],
    [
      vertex,
      ['POST', '/v'],
      'chat /v1/projects/p/locations/l/publishers/google/models/g2:generateContent',
    ],
    [
      vertex,
      [
        'POST',
        '/v1/projects/x/locations/y/publishers/google/models/z:streamGenerateContent',
        '?alt=sse',
      ],
      'chat /v1/projects/p/locations/l/publishers/google/models/g2:streamGenerateContent?alt=sse',
    ],
    [bedrock, ['POST', '/bedrock'], 'chat /model/anthropic.claude-v2%3A1/converse'],
    [
      bedrock,
      ['POST', '/bedrock/model/other%3A1/converse-stream'],
      'chat /model/anthropic.claude-v2%3A1/converse-stream',
    ],
    [bedrock, ['POST', '/bedrock/model/other/invoke'], undefined],
    [vertex, ['POST', '/v1/models/z:rawPredict'], undefined],
    [
      partner,
      ['POST', '/v'],
      'chat /v1/projects/p/locations/l/publishers/anthropic/models/g2:rawPredict',
    ],
    [
      partner,
      ['POST', '/v1/models/c:streamRawPredict'],
      'chat /v1/projects/p/locations/l/publishers/anthropic/models/g2:streamRawPredict',
    ],
    [
      { ...partner, modelPath: 'c@1:rawPredict' },
      ['POST', '/v'],
      'chat /v1/projects/p/locations/l/publishers/anthropic/models/c@1:rawPredict',
    ],
  ])('of %j: %j becomes %s', (config, request, expected) => {
    expect(upstream(config, request)).toBe(expected)
  })

  const full = { type: 'full', value: '/own/path' } as const
  const base = { type: 'base', value: '/api/v1' } as const
  test.each<[ModelProvider, readonly string[], string]>([
    [{ ...openai, path: full }, ['POST', '/openai'], 'chat /own/path'],
    [{ ...openai, path: full }, ['POST', '/openai/v1/embeddings'], 'embedding /v1/embeddings'],
    [{ ...openai, path: base }, ['POST', '/openai'], 'chat /api/v1/chat/completions'],
    [{ ...openai, path: base }, ['POST', '/openai/v1/embeddings'], 'embedding /api/v1/embeddings'],
    [
      { ...openai, path: { type: 'base', value: '/llm/' } },
      ['GET', '/o/v1/models'],
      'platform /llm/v1/models',
    ],
    [{ ...anthropic, path: base }, ['POST', '/claude'], 'chat /api/v1/messages'],
    [
      { ...azure, path: { type: 'full', value: '/own' } },
      ['POST', '/openai/deployments/d1/embeddings'],
      'embedding /openai/deployments/d1/embeddings?api-version=2024-10-21',
    ],
    [
      { ...azure, path: base },
      ['POST', '/azure'],
      'chat /api/v1/chat/completions?api-version=2024-10-21',
    ],
  ])('of %j with another path: %j becomes %s', (config, request, expected) => {
    expect(upstream(config, request)).toBe(expected)
  })
})

describe('credentials', () => {
  const sent = async (config: ModelProvider, value: CredentialValue, flat: string[] = []) => {
    const provider = compile(config, value)
    const headers = new HeaderList([...flat])
    provider.withholdCredentials(headers)
    const request = { method: 'POST', path: '/', host: 'h', headers, body: undefined }
    expect(await provider.authorize(request)).toBeUndefined()
    return headers.flat
  }
  const heldIn = (config: ModelProvider, value: CredentialValue) =>
    compile(config, value).credentialsIn(new HeaderList())
  const client = [
    ...['authorization', 'Bearer client', 'x-api-key', 'client', 'api-key', 'client'],
    ...['x-goog-api-key', 'client', 'cookie', 'client', 'x-amz-security-token', 'client'],
  ]

  test.each<[ModelProvider, string[]]>([
    [openai, ['authorization', 'Bearer sk']],
    [mistral, ['authorization', 'Bearer sk']],
    [anthropic, ['anthropic-version', '2023-06-01', 'x-api-key', 'sk']],
    [
      { ...anthropic, version: '2099-01-01' },
      ['anthropic-version', '2099-01-01', 'x-api-key', 'sk'],
    ],
    [azure, ['api-key', 'sk']],
    [gemini, ['x-goog-api-key', 'sk']],
    [vertex, ['authorization', 'Bearer sk']],
    [bedrock, ['authorization', 'Bearer sk']],
  ])('%j is shown the held token and nothing of the client', async (config, expected) => {
    for (const token of ['sk', 'Bearer sk', ' bearer sk\n']) {
      expect(await sent(config, { type: 'token', token }, client)).toEqual(expected)
      expect(heldIn(config, { type: 'token', token })).toEqual(['sk'])
    }
  })

  test('a client that is passed through may use either header, and its own wins', async () => {
    const value = { type: 'passthrough' } as const
    expect(await sent(azure, value, ['authorization', 'Bearer mine'])).toEqual(['api-key', 'mine'])
    const both = ['authorization', 'Bearer token', 'api-key', 'mine', 'cookie', 'c']
    expect(await sent(azure, value, both)).toEqual(['api-key', 'mine'])
    expect(await sent(openai, value, ['authorization', 'bearer mine'])).toEqual([
      ...['authorization', 'Bearer mine'],
    ])
    expect(await sent(openai, value)).toEqual([])
    expect(heldIn(openai, value)).toEqual([])
  })

  test('without a credential nothing is shown', async () => {
    expect(await sent(openai, { type: 'none' }, client)).toEqual([])
    expect(heldIn(openai, { type: 'none' })).toEqual([])
  })

  test.each<[string, CredentialValue]>([
    ['an empty token', { type: 'token', token: 'Bearer ' }],
    ['a token with a line break', { type: 'token', token: 'se\ncret' }],
    [
      'keys of another cloud',
      { type: 'aws', accessKeyId: 'secret', secretAccessKey: 'secret', sessionToken: undefined },
    ],
  ])('%s is refused without being told', (_name, value) => {
    const compiled = compileProvider(openai, { credential: value, services })
    expect(compiled).toMatchObject({ code: 'configuration-error' })
    expect(JSON.stringify(compiled)).not.toContain('secret')
  })
})
