import { fingerprint, numbersFrom } from './fingerprint.ts'
import { findRequestedText } from './requested-text.ts'
import type { Token, Tokenizer } from './tokenizer.ts'

export interface CompletionRequest {
  /** Same seed, same text. */
  readonly seed: string
  /** What the answer is about. */
  readonly prompt: string
  readonly maxTokens: number | undefined
  readonly stop: readonly string[]
  /** Exact length of the text before `maxTokens` and `stop` apply; undefined: a few sentences. */
  readonly wantedTokens: number | undefined
  /** The answer before `maxTokens` and `stop` apply, when something else than the prompt decides it. */
  readonly text?: string | undefined
}

export interface Completion {
  readonly text: string
  readonly tokens: readonly Token[]
  readonly end: 'finished' | 'stop-sequence' | 'length'
  /** The one that ended it. */
  readonly stopSequence: string | undefined
}

/** Sentences that fit any question; `{}` is replaced by a word of the prompt. */
const sentences = [
  'The short answer is that {} depends on what you want to achieve.',
  'A good way to look at {} is to separate what must hold from what is merely convenient.',
  'Most teams begin with {} because it is easy to measure.',
  'There are three things to weigh: cost, latency, and how much of {} you control yourself.',
  'In practice {} works best when it is kept simple.',
  'You can change {} later without touching the rest of the system.',
  'It helps to write down the assumptions behind {} before you compare alternatives.',
  'Keep in mind that {} behaves differently under load.',
  'A small experiment with {} usually tells more than a long discussion.',
  'If reliability matters more than speed, give {} a second path to fall back to.',
  'Security is the other side of {}: decide early who may see which data.',
  'Monitoring {} from the first day makes every later decision easier.',
  'Compared with the alternatives, {} needs less maintenance.',
  'The documentation of {} describes the limits that apply.',
  'Once {} is in place, the remaining steps are routine.',
  'For larger workloads, split {} into parts that scale on their own.',
] as const

/** Longest text, whatever a request asks for. */
const mostTokens = 16_384

/** Writes the answer that always belongs to this request. */
export function complete(request: CompletionRequest, tokenizer: Tokenizer): Completion {
  const full = write(request, tokenizer)
  const cut = cutAtStop(full, request.stop)
  const tokens = tokenizer.split(cut.text)
  const { maxTokens } = request
  if (maxTokens !== undefined && tokens.length > maxTokens) {
    const kept = tokens.slice(0, maxTokens)
    return { text: joined(kept), tokens: kept, end: 'length', stopSequence: undefined }
  }
  const end = cut.sequence === undefined ? 'finished' : 'stop-sequence'
  return { text: cut.text, tokens, end, stopSequence: cut.sequence }
}

function write(request: CompletionRequest, tokenizer: Tokenizer): string {
  const next = numbersFrom(fingerprint(request.seed))
  const topics = topicsOf(request.prompt)
  const sentence = () => {
    const topic = topics[next(topics.length)] ?? 'this'
    return (sentences[next(sentences.length)] ?? sentences[0]).replace('{}', topic)
  }
  if (request.wantedTokens === undefined) {
    const requested = request.text ?? findRequestedText(request.prompt)
    if (requested !== undefined) return requested
    return Array.from({ length: 2 + next(4) }, sentence).join(' ')
  }
  const wanted = Math.min(request.wantedTokens, mostTokens)
  const tokens: Token[] = []
  while (tokens.length < wanted) {
    tokens.push(...tokenizer.split(`${tokens.length === 0 ? '' : ' '}${sentence()}`))
  }
  return joined(tokens.slice(0, wanted))
}

/** Words of questions that no answer is about. */
const noTopics = new Set([
  ...['what', 'when', 'where', 'which', 'whose', 'with', 'this', 'that', 'these', 'those', 'about'],
  ...['tell', 'give', 'please', 'could', 'would', 'should', 'does', 'have', 'your', 'from', 'into'],
])

/** Longer words of the end of the prompt. Latin letters only: a token of theirs is always whole characters. */
function topicsOf(prompt: string): string[] {
  const words = prompt.slice(-2000).match(/\b[A-Za-z]{4,24}\b/g) ?? []
  const topics = new Set(words.filter((word) => !noTopics.has(word.toLowerCase())))
  return topics.size === 0 ? ['this'] : [...topics].slice(0, 32)
}

function cutAtStop(text: string, stop: readonly string[]) {
  const found = stop
    .map((sequence) => ({ sequence, place: text.indexOf(sequence) }))
    .filter(({ place }) => place >= 0)
    .sort((a, b) => a.place - b.place)[0]
  return found === undefined
    ? { text, sequence: undefined }
    : { text: text.slice(0, found.place), sequence: found.sequence }
}

function joined(tokens: readonly Token[]): string {
  return tokens.map((token) => token.text).join('')
}
