import { fingerprint } from '../../generation/fingerprint.ts'
import {
  type Answer,
  type AnswerContext,
  bearerToken,
  type SimulatedProvider,
  type SimulatedRequest,
} from '../../provider.ts'
import { answerOperation, operations } from '../openai/operations.ts'
import { withContentFilter } from './content-filter.ts'
import { azureFailure } from './errors.ts'

/**
 * <resource>.openai.azure.com: OpenAI's operations on deployments of a resource, of one version or of v1 (Azure OpenAI
 * REST API reference).
 */
export const azureOpenai: SimulatedProvider = {
  name: 'azure-openai',
  hosts: ['*.openai.azure.com', '*.cognitiveservices.azure.com', '*.services.ai.azure.com'],
  failure: azureFailure,
  async answer(request, context) {
    const answer = await answerAzure(request, context)
    const hash = fingerprint('azure-openai', request.path, request.body.toString('latin1'))
    const headers = { 'apim-request-id': hash.slice(0, 32), 'x-ms-region': 'East US' }
    return { ...answer, headers: { ...answer.headers, ...headers } }
  },
}

const deploymentPath = /^\/openai\/deployments\/(?<deployment>[\w.-]{1,64})(?<operation>\/[\w/]+)$/
const versionlessPath = /^\/openai\/v1(?<operation>\/[\w/]+)$/
const responsesPath = /^\/openai(?<operation>\/responses)$/
const versionForm = /^\d{4}-\d\d-\d\d(?:-preview)?$/

async function answerAzure(request: SimulatedRequest, context: AnswerContext): Promise<Answer> {
  if (!hasCredential(request)) return azureFailure(401)
  const place = findPlace(request)
  const operation = place === undefined ? undefined : operations[place.operation]
  if (operation === undefined || request.method !== 'POST') return azureFailure(404)
  const model = place?.deployment
  const answer = await answerOperation(
    // The path says which model, whatever the body says.
    (body, ...rest) => operation(model === undefined ? body : { ...body, model }, ...rest),
    request,
    context,
  )
  return place?.operation === '/chat/completions' ? withContentFilter(answer) : answer
}

/** A key in its own header, or a token of Microsoft's directory. */
function hasCredential({ headers }: SimulatedRequest): boolean {
  const key = headers.get('api-key')
  if (key !== undefined) return /^[\w-]{8,}$/.test(key)
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(bearerToken(headers) ?? '')
}

interface Place {
  readonly operation: string
  readonly deployment: string | undefined
}

function findPlace({ path, query }: SimulatedRequest): Place | undefined {
  const versionless = versionlessPath.exec(path)?.groups
  if (versionless !== undefined) {
    return { operation: versionless['operation'] ?? '', deployment: undefined }
  }
  const versioned = (deploymentPath.exec(path) ?? responsesPath.exec(path))?.groups
  // Without a version nothing is found, as at the real service.
  if (versioned === undefined || !versionForm.test(query.get('api-version') ?? '')) return undefined
  return { operation: versioned['operation'] ?? '', deployment: versioned['deployment'] }
}
