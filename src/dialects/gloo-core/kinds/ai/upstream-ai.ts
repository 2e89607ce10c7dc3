import type { Static, TSchema } from 'typebox'
import { anything, choice, count, list, object, text } from '../../../field.ts'
import { honoured } from '../../../verdict.ts'
import { referenceField } from '../../reference.ts'
import { behaviours } from '../behaviours.ts'
import { authTokenField } from './auth-token.ts'

const calls = (description: string) => honoured(behaviours.aiDefaultHosts, text(description))
const asks = (description: string) => honoured(behaviours.aiProviders, text(description))
const shows = (description: string) => honoured(behaviours.aiCredential, text(description))

const customHost = object('Another host than that of the provider.', {
  host: asks('DNS name or IP address.'),
  port: honoured(
    behaviours.aiProviders,
    count('Port; 443, which is the default, means TLS.', { maximum: 65_535 }),
  ),
  hostname: asks('Name in handshake and Host header, where it is another than the host.'),
  pathOverride: object('Another path.', {
    fullPath: asks('The whole path.'),
    basePath: asks('What stands before the last part of the path of the provider.'),
  }),
})

const model = asks('Model that is asked for, whatever the client says.')
const apiVersion = calls('Version of the API.')

const provider = <Fields extends Record<string, TSchema>>(description: string, fields: Fields) =>
  object(description, { authToken: authTokenField(behaviours.aiCredential), customHost, ...fields })

const providers = {
  openai: provider('OpenAI.', { model }),
  mistral: provider('Mistral.', { model }),
  anthropic: provider('Anthropic.', {
    model,
    version: calls('Value of anthropic-version.'),
  }),
  azureOpenai: provider('OpenAI at Azure.', {
    endpoint: calls('Host of the resource.'),
    deploymentName: calls('Name of the deployment.'),
    apiVersion,
  }),
  gemini: provider('Gemini.', { model, apiVersion }),
  vertexAi: provider('Vertex AI.', {
    model,
    apiVersion,
    projectId: calls('Project.'),
    location: calls('Region.'),
    modelPath: asks('Stands in for model and action at the end of the path.'),
    publisher: honoured(behaviours.aiProviders, choice('Who publishes the model.', ['GOOGLE'])),
    jsonSchema: honoured(
      behaviours.aiProviders,
      choice('Form of requests; default GEMINI.', ['NOT_SET', 'ANTHROPIC', 'GEMINI', 'OPENAI']),
    ),
  }),
  bedrock: object('Bedrock.', {
    customHost,
    model,
    region: calls('Region.'),
    credentialProvider: object('Where the AWS credential comes from.', {
      secretRef: referenceField(behaviours.aiCredential, 'Secret with AWS keys.'),
      inline: object('The credential itself.', {
        accessKeyId: shows('Key id.'),
        secretAccessKey: shows('Key.'),
        sessionToken: shows('Session token.'),
      }),
    }),
  }),
}

/** One member of a pool. */
const Member = object('A member.', providers)
export type Member = Static<typeof Member>

/** `UpstreamSpec` of projects/gloo/api/v1/enterprise/options/ai/ai.proto, with fields of earlier releases. */
export const AiSpec = object('A provider of language models.', {
  ...providers,
  multi: object('Several members of one provider.', {
    priorities: honoured(
      behaviours.aiMulti,
      list(
        'Members by priority, the first ones first.',
        object('Members of one priority.', { pool: list('The members.', Member) }),
      ),
    ),
  }),
  custom: object('A host that speaks as OpenAI does, of an early release.', {
    host: honoured(behaviours.aiEarly, text('DNS name or IP address.')),
    port: honoured(behaviours.aiEarly, count('Port.', { maximum: 65_535 })),
  }),
  authTokenRef: honoured(
    behaviours.aiEarly,
    anything('Name of the Secret, or a reference to it, of an early release.'),
  ),
  inlineAuthToken: honoured(
    behaviours.aiEarly,
    text('The credential itself, of an early release.'),
  ),
})
export type AiSpec = Static<typeof AiSpec>
