import type { TSchema } from 'typebox'
import { anything, choice, count, list, object, text } from '../../../field.ts'

const secretRef = object('Secret with the credential.', {
  name: text('Name of the Secret.'),
  namespace: text('Namespace of the Secret.'),
})

const authToken = object('Where the credential comes from.', {
  inline: text('The credential itself.'),
  secretRef,
  passthrough: object('The credential of the client.', {}),
})

const customHost = object('Another host than that of the provider.', {
  host: text('DNS name or IP address.'),
  port: count('Port; 443 means TLS.'),
  hostname: text('Name in handshake and Host header.'),
  pathOverride: object('Another path.', {
    fullPath: text('The whole path.'),
    basePath: text('What stands before the path of the provider.'),
  }),
})

const model = text('Model that is asked for.')
const apiVersion = text('Version of the API.')
const provider = (description: string, fields: Record<string, TSchema>) =>
  object(description, { authToken, customHost, ...fields })

const providers = {
  openai: provider('OpenAI.', { model }),
  mistral: provider('Mistral.', { model }),
  anthropic: provider('Anthropic.', { model, version: text('Value of anthropic-version.') }),
  azureOpenai: provider('OpenAI at Azure.', {
    endpoint: text('Host of the resource.'),
    deploymentName: text('Name of the deployment.'),
    apiVersion,
  }),
  gemini: provider('Gemini.', { model, apiVersion }),
  vertexAi: provider('Vertex AI.', {
    model,
    apiVersion,
    projectId: text('Project.'),
    location: text('Region.'),
    modelPath: text('Path of the model.'),
    publisher: choice('Who publishes the model.', ['GOOGLE']),
    jsonSchema: choice('Form of requests.', ['NOT_SET', 'ANTHROPIC', 'GEMINI', 'OPENAI']),
  }),
  bedrock: provider('Bedrock.', {
    model,
    region: text('Region.'),
    credentialProvider: object('Where the AWS credential comes from.', {
      secretRef,
      inline: object('The credential itself.', {
        accessKeyId: text('Key id.'),
        secretAccessKey: text('Key.'),
        sessionToken: text('Session token.'),
      }),
    }),
  }),
}

/** `UpstreamSpec` of projects/gloo/api/v1/enterprise/options/ai/ai.proto, with fields of earlier releases. */
export const AiSpec = object('A provider of language models.', {
  ...providers,
  multi: object('Several members of one provider.', {
    priorities: list(
      'Members by priority, the first ones first.',
      object('Members of one priority.', {
        pool: list('The members.', object('A member.', providers)),
      }),
    ),
  }),
  custom: anything('A host of one’s own, of an early release.'),
  authTokenRef: anything('Name of the Secret, of an early release.'),
  inlineAuthToken: text('The credential itself, of an early release.'),
})
