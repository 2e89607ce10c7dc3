import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRecordingUpstream } from '../../harness/recording-upstream.ts'
import { waitUntil } from '../../harness/wait-until.ts'
import { createSigner } from './create-token.ts'
import { GlooBench, onGateway } from './gloo-bench.ts'

let bench: GlooBench
beforeAll(async () => {
  bench = await GlooBench.start()
})
afterAll(() => bench.stop())

const completion = {
  ...{ id: 'c-1', object: 'chat.completion', created: 1, model: 'gpt-4o-mini' },
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 },
}

test('usage metrics of a gateway carry its custom labels', async () => {
  const provider = await startRecordingUpstream({
    answer: (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(completion))
    },
  })
  const key = { name: 'counted', namespace: 'default' }
  const customLabels = [
    { name: 'team', metadataKey: 'principal:team' },
    {
      name: 'org',
      metadataNamespace: 'envoy.filters.http.jwt_authn',
      metadataKey: 'principal/org',
      keyDelimiter: '/',
    },
    { name: 'none', metadataKey: 'principal:none' },
  ]
  const aiExtension = {
    enabled: true,
    ports: [
      { name: 'other', containerPort: 9000 },
      { name: 'ai-monitoring', containerPort: 9095 },
    ],
    stats: { customLabels },
  }
  await bench.apply(
    {
      ...{ apiVersion: 'gateway.gloo.solo.io/v1alpha1', kind: 'GatewayParameters', metadata: key },
      spec: { kube: { aiExtension } },
    },
    {
      ...{ apiVersion: 'gloo.solo.io/v1', kind: 'Upstream', metadata: key },
      spec: {
        ai: {
          openai: {
            authToken: { inline: 'held' },
            customHost: { host: '127.0.0.1', port: provider.port },
          },
        },
      },
    },
  )
  const address = await bench.gateway('counted', '[{ name: http, port: 8080, protocol: HTTP }]', {
    'gateway.gloo.solo.io/gateway-parameters-name': 'counted',
  })
  const backendRefs = [{ group: 'gloo.solo.io', kind: 'Upstream', name: 'counted' }]
  await bench.route('counted', { backendRefs }, { parentRefs: [{ name: 'counted' }] })
  const signer = createSigner()
  await bench.option(
    'VirtualHostOption',
    'counted',
    [onGateway('counted')],
    `jwt: { providers: { own: { issuer: solo.io, jwks: { local: { key: ${signer.pem} } } } } }`,
  )
  await bench.option(
    'ListenerOption',
    'counted',
    [onGateway('counted')],
    `accessLoggingService:
  accessLog:
  - fileSink:
      jsonFormat:
        mark: model-line
        total: "%DYNAMIC_METADATA(ai.gloo.solo.io:total_tokens)%"
        model: "%DYNAMIC_METADATA(ai.gloo.solo.io:model)%"
        provider: "%DYNAMIC_METADATA(ai.gloo.solo.io:provider)%"
        streaming: "%DYNAMIC_METADATA(ai.gloo.solo.io:streaming)%"
        token: "%DYNAMIC_METADATA(ai.gloo.solo.io:auth_token)%"`,
  )
  const answer = await bench.call('/counted', {
    address,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${signer.sign({ team: 'dev', org: 'solo.io' })}`,
    },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] }),
  })
  expect(answer).toMatchObject({ status: 200 })
  expect(provider.requests[0]).toMatchObject({ path: '/v1/chat/completions' })
  expect(provider.requests[0]?.headers).toMatchObject({ authorization: 'Bearer held' })
  const line = await waitUntil('the tokens to be counted', async () => {
    const { body } = await bench.call('/metrics', { address, port: 9095 })
    return body.split('\n').find((each) => /^ai_prompt_tokens_total\{.*\} 11$/.test(each))
  })
  expect(line).toContain('team="dev"')
  expect(line).toContain('org="solo.io"')
  expect(line).toContain('none="<unknown>"')
  const logged = await waitUntil('the line of the call', () =>
    bench.sluice
      .output()
      .split('\n')
      .find((each) => each.includes('model-line')),
  )
  expect(JSON.parse(logged)).toEqual({
    ...{ mark: 'model-line', total: 14, model: 'gpt-4o-mini', provider: 'openai' },
    ...{ streaming: false, token: null },
  })
  await provider.close()
})
