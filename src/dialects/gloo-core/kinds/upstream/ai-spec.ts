import type { TSchema } from 'typebox'
import { anything, choice, count, list, object, text } from '../../../field.ts'
import { ignored } from '../../../verdict.ts'

const reason = 'AI upstreams are not served yet'
const no = <Schema extends object>(schema: Schema) => ignored(reason, schema)
const field = (description: string) => no(text(description))

const secretRef = object('Secret with the credential.', {
  name: field('Name of the Secret.'),
  namespace: field('Namespace of the Secret.'),
})

const authToken = object('Where the credential comes from.', {
  inline: field('The credential itself.'),
  secretRef,
  passthrough: no(object('The credential of the client.', {})),
})

const customHost = object('Another host than that of the provider.', {
  host: field('DNS name or IP address.'),
  port: no(count('Port; 443 means TLS.')),
  hostname: field('Name in handshake and Host header.'),
  pathOverride: object('Another path.', {
    fullPath: field('The whole path.'),
    basePath: field('What stands before the path of the provider.'),
  }),
})

const model = field('Model that is asked for.')
const apiVersion = field('Version of the API.')
const provider = (description: string, fields: Record<string, TSchema>) =>
  object(description, { authToken, customHost, ...fields })

const providers = {
  openai: provider('OpenAI.', { model }),
  mistral: provider('Mistral.', { model }),
  anthropic: provider('Anthropic.', { model, version: field('Value of anthropic-version.') }),
  azureOpenai: provider('OpenAI at Azure.', {
    endpoint: field('Host of the resource.'),
    deploymentName: field('Name of the deployment.'),
    apiVersion,
  }),
  gemini: provider('Gemini.', { model, apiVersion }),
  vertexAi: provider('Vertex AI.', {
    model,
    apiVersion,
    projectId: field('Project.'),
    location: field('Region.'),
    modelPath: field('Path of the model.'),
    publisher: no(choice('Who publishes the model.', ['GOOGLE'])),
    jsonSchema: no(choice('Form of requests.', ['NOT_SET', 'ANTHROPIC', 'GEMINI', 'OPENAI'])),
  }),
  bedrock: provider('Bedrock.', {
    model,
    region: field('Region.'),
    credentialProvider: object('Where the AWS credential comes from.', {
      secretRef,
      inline: object('The credential itself.', {
        accessKeyId: field('Key id.'),
        secretAccessKey: field('Key.'),
        sessionToken: field('Session token.'),
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
  custom: no(anything('A host of one’s own, of an early release.')),
  authTokenRef: no(anything('Name of the Secret, of an early release.')),
  inlineAuthToken: field('The credential itself, of an early release.'),
})
