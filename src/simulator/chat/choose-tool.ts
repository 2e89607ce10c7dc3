import type { ChatCall, ChatTool } from './chat-call.ts'

/** The tool that a model would ask for; undefined when it answers with text. */
export function chooseTool(call: ChatCall, prompt: string): ChatTool | undefined {
  const { tools, toolChoice, turns } = call
  if (toolChoice === 'none' || tools.length === 0) return undefined
  if (typeof toolChoice === 'object') return tools.find(({ name }) => name === toolChoice.name)
  const words = wordsOf(prompt)
  const [best] = tools
    .map((tool) => ({ tool, shared: sharedWords(tool, words) }))
    .sort((a, b) => b.shared - a.shared)
  if (toolChoice === 'required') return best?.tool
  // A model that has the result of its call makes an answer of it.
  if (turns.at(-1)?.role === 'tool' || best === undefined || best.shared === 0) return undefined
  return best.tool
}

function sharedWords({ name, description }: ChatTool, words: ReadonlySet<string>): number {
  const named = `${name.replace(/([a-z])([A-Z])/g, '$1 $2')} ${description}`
  return [...wordsOf(named)].filter((word) => words.has(word)).length
}

/** Words that every question and every description has. */
const noSubjects = new Set([
  'what',
  'which',
  'with',
  'from',
  'that',
  'this',
  'your',
  'about',
  'please',
])

function wordsOf(text: string): Set<string> {
  const words =
    text
      .slice(0, 10_000)
      .toLowerCase()
      .match(/[\p{L}\p{N}]{4,64}/gu) ?? []
  return new Set(words.filter((word) => !noSubjects.has(word)))
}
