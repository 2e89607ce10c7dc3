import { answerChat, type ChatAnswer } from '../../chat/answer-chat.ts'
import type { ChatCall } from '../../chat/chat-call.ts'
import { countPrompt } from '../../chat/count-prompt.ts'
import { fingerprint, identifier } from '../../generation/fingerprint.ts'
import type {
  Answer,
  AnswerContext,
  JsonObject,
  SimulatedRequest,
  StreamEvent,
} from '../../provider.ts'
import { readContentCall } from './content-call.ts'
import { field, findContentError } from './content-request.ts'
import { googleAnswer, googleError } from './errors.ts'

/** Tokens around messages. */
const marks = { perMessage: 1, perPrompt: 0 }

/** A call of one model. */
export interface ModelCall {
  readonly model: string
  readonly body: JsonObject
  readonly request: SimulatedRequest
  readonly context: AnswerContext
}

/** `:generateContent`, or with `stream` `:streamGenerateContent`. */
export async function generateContent(
  { model, body, request, context }: ModelCall,
  { stream }: { readonly stream: boolean },
): Promise<Answer> {
  const problem = findContentError(body)
  if (problem !== undefined) return googleError(400, problem)
  const tokenizer = await context.loadTokenizer('cl100k_base')
  const call = readContentCall(body, model, request)
  const answers = candidateCalls(call, body).map((each) => answerChat(each, tokenizer))
  const envelope = {
    promptTokens: countPrompt(call, tokenizer, marks),
    modelVersion: model,
    responseId: identifier(fingerprint(call.seed, 'response'), 22),
  }
  if (!stream) {
    const value = wholeResponse(envelope, answers)
    const generatedTokens = Math.max(...answers.map(({ tokens }) => tokens.length))
    return googleAnswer(200, value, { generatedTokens })
  }
  const isSse = request.query.get('alt') === 'sse'
  return {
    type: 'stream',
    status: 200,
    headers: { 'content-type': isSse ? 'text/event-stream' : 'application/json; charset=UTF-8' },
    events: isSse ? asSse(chunks(envelope, answers)) : asArray(chunks(envelope, answers)),
  }
}

/** `:countTokens`, with contents alone or a whole generation request. */
export async function countTokens({ model, body, request, context }: ModelCall): Promise<Answer> {
  const wrapped = field(body, 'generateContentRequest')
  const counted = (wrapped ?? body) as JsonObject
  const problem = findContentError(counted)
  if (problem !== undefined) return googleError(400, problem)
  const tokenizer = await context.loadTokenizer('cl100k_base')
  const totalTokens = countPrompt(readContentCall(counted, model, request), tokenizer, marks)
  return googleAnswer(200, { totalTokens, promptTokensDetails: detailsOf(totalTokens) })
}

function candidateCalls(call: ChatCall, body: JsonObject): ChatCall[] {
  const config = field(body, 'generationConfig') as JsonObject | undefined
  const count = config === undefined ? 1 : (field(config, 'candidateCount') ?? 1)
  return Array.from({ length: Number(count) }, (_, index) => ({
    ...call,
    seed: `${call.seed} ${index}`,
  }))
}

interface Envelope {
  readonly promptTokens: number
  readonly modelVersion: string
  readonly responseId: string
}

function responseOf(envelope: Envelope, candidates: readonly object[], generated: number) {
  const { promptTokens, modelVersion, responseId } = envelope
  return {
    candidates,
    usageMetadata: {
      promptTokenCount: promptTokens,
      ...(generated === 0 ? {} : { candidatesTokenCount: generated }),
      totalTokenCount: promptTokens + generated,
      promptTokensDetails: detailsOf(promptTokens),
    },
    modelVersion,
    responseId,
  }
}

const detailsOf = (tokenCount: number) => [{ modality: 'TEXT', tokenCount }]

const finishReason = ({ end }: ChatAnswer) => (end === 'length' ? 'MAX_TOKENS' : 'STOP')

function callPart({ toolCall }: ChatAnswer) {
  const { name, arguments: args } = toolCall ?? { name: '', arguments: {} }
  return { functionCall: { name, args } }
}

function wholeResponse(envelope: Envelope, answers: readonly ChatAnswer[]) {
  const candidates = answers.map((answer, index) => ({
    content: {
      parts: [answer.toolCall === undefined ? { text: answer.text } : callPart(answer)],
      role: 'model',
    },
    finishReason: finishReason(answer),
    index,
  }))
  const generated = answers.reduce((sum, { tokens }) => sum + tokens.length, 0)
  return responseOf(envelope, candidates, generated)
}

/** Each chunk counts what was generated so far; the call of a function comes whole. */
function* chunks(envelope: Envelope, answers: readonly ChatAnswer[]): Iterable<Chunk> {
  let generated = 0
  const chunk = (index: number, parts: readonly object[], end?: string): Chunk => ({
    value: responseOf(
      envelope,
      [{ content: { parts, role: 'model' }, ...(end && { finishReason: end }), index }],
      generated,
    ),
    paced: index === 0 && end === undefined,
  })
  const longest = Math.max(...answers.map(({ tokens }) => tokens.length))
  for (let position = 0; position < longest; position++) {
    for (const [index, { tokens, toolCall }] of answers.entries()) {
      const token = tokens[position]
      if (token === undefined) continue
      generated++
      if (toolCall === undefined && token.text !== '') yield chunk(index, [{ text: token.text }])
    }
  }
  for (const [index, answer] of answers.entries()) {
    const parts = answer.toolCall === undefined ? [{ text: '' }] : [callPart(answer)]
    yield chunk(index, parts, finishReason(answer))
  }
}

interface Chunk {
  readonly value: object
  readonly paced: boolean
}

function* asSse(values: Iterable<Chunk>): Iterable<StreamEvent> {
  for (const { value, paced } of values) {
    yield { data: `data: ${JSON.stringify(value)}\r\n\r\n`, paced }
  }
}

/** One JSON array, whose elements come one by one. */
function* asArray(values: Iterable<Chunk>): Iterable<StreamEvent> {
  let before = '['
  for (const { value, paced } of values) {
    yield { data: `${before}${JSON.stringify(value, null, 2)}`, paced }
    before = ',\r\n'
  }
  yield { data: `${before === '[' ? '[' : '\n'}]`, paced: false }
}
