import { fingerprint } from '../../generation/fingerprint.ts'
import {
  type Answer,
  type AnswerContext,
  isJsonObject,
  parseJson,
  type SimulatedProvider,
  type SimulatedRequest,
} from '../../provider.ts'
import { converse, type ModelCall } from './converse.ts'
import { bedrockError, bedrockFailure, unknownOperation } from './errors.ts'
import { invoke } from './invoke.ts'
import { findSignatureError } from './request-signature.ts'

const operations: Readonly<Record<string, (call: ModelCall) => Promise<Answer>>> = {
  converse: (call) => converse(call, { stream: false }),
  'converse-stream': (call) => converse(call, { stream: true }),
  invoke: (call) => invoke(call, { stream: false }),
  'invoke-with-response-stream': (call) => invoke(call, { stream: true }),
}

/** bedrock-runtime.<region>.amazonaws.com: conversations, and bodies of models' own (Amazon Bedrock Runtime API). */
export const bedrock: SimulatedProvider = {
  name: 'bedrock',
  hosts: ['bedrock-runtime.*.amazonaws.com'],
  failure: bedrockFailure,
  async answer(request, context) {
    const hash = fingerprint('bedrock', request.path, request.body.toString('latin1'))
    const groups = [hash.slice(0, 8), hash.slice(8, 12), hash.slice(12, 16), hash.slice(16, 20)]
    const requestId = [...groups, hash.slice(20, 32)].join('-')
    const answer = await answerBedrock(request, context)
    return { ...answer, headers: { ...answer.headers, 'x-amzn-requestid': requestId } }
  },
}

const modelPath = /^\/model\/(?<model>[^/]+)\/(?<operation>[\w-]+)$/

async function answerBedrock(request: SimulatedRequest, context: AnswerContext): Promise<Answer> {
  const [, region = ''] = request.host.split('.')
  const refusal = findSignatureError(request, region, context)
  if (refusal !== undefined) return refusal
  const { model: encoded = '', operation = '' } = modelPath.exec(request.path)?.groups ?? {}
  const answer = operations[operation]
  if (answer === undefined || request.method !== 'POST') return unknownOperation()
  const model = decodeModel(encoded)
  if (model === undefined) {
    return bedrockError(400, 'ValidationException', 'The provided model identifier is invalid.')
  }
  const parsed = parseJson(request.body)
  if (parsed === undefined || !isJsonObject(parsed.value)) {
    return bedrockError(400, 'SerializationException', 'The request body is not a JSON object')
  }
  return answer({ model, body: parsed.value, request, context })
}

/** Names of models, profiles and ARNs. */
function decodeModel(encoded: string): string | undefined {
  try {
    const model = decodeURIComponent(encoded)
    return /^[\w.:/-]{1,2048}$/.test(model) ? model : undefined
  } catch {
    return undefined
  }
}
