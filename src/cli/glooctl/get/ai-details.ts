import { fieldAt, listAt, objectAt, textAt } from '../fields.ts'

const providers = [
  'openai',
  'mistral',
  'anthropic',
  'azureOpenai',
  'gemini',
  'vertexAi',
  'bedrock',
  'custom',
] as const

/** The providers of an AI Upstream, with what each is asked for; never a credential. */
export function describeAi(spec: unknown): string[] {
  if (fieldAt(spec, 'multi') === undefined) return memberLines(spec)
  return listAt(spec, 'multi', 'priorities').flatMap((priority, index) => [
    `priority ${index}:`,
    ...listAt(priority, 'pool').map((member) => `- ${memberLines(member).join(', ')}`),
  ])
}

function memberLines(member: unknown): string[] {
  const provider = providers.find((name) => fieldAt(member, name) !== undefined)
  if (provider === undefined) return []
  const config = objectAt(member, provider)
  const hostOf = provider === 'custom' ? config : objectAt(config, 'customHost')
  const host = textAt(hostOf, 'host')
  const model = textAt(config, 'model') || textAt(config, 'deploymentName')
  return [
    `provider: ${provider}`,
    ...(model === '' ? [] : [`model: ${model}`]),
    ...(host === '' ? [] : [`host: ${host}:${textAt(hostOf, 'port') || '443'}`]),
  ]
}
