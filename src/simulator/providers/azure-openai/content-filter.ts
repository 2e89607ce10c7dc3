import type { Answer, JsonObject, StreamEvent } from '../../provider.ts'

const safe = { filtered: false, severity: 'safe' }
const results = { hate: safe, self_harm: safe, sexual: safe, violence: safe }

const promptResults = [
  {
    prompt_index: 0,
    content_filter_results: { ...results, jailbreak: { filtered: false, detected: false } },
  },
]

/** A chat completion as Azure answers it: with what its content filter found of the prompt and of each choice. */
export function withContentFilter(answer: Answer): Answer {
  if (answer.status !== 200) return answer
  if (answer.type === 'stream') return { ...answer, events: filteredEvents(answer.events) }
  const value = JSON.parse(answer.body) as JsonObject
  const filtered = { ...filterChoices(value), prompt_filter_results: promptResults }
  return { ...answer, body: JSON.stringify(filtered) }
}

function filterChoices(value: JsonObject): JsonObject {
  const choices = value['choices'] as readonly JsonObject[]
  return {
    ...value,
    choices: choices.map((choice) => ({ ...choice, content_filter_results: results })),
  }
}

/** The first chunk has no choice: only what the filter found of the prompt. */
function* filteredEvents(events: Iterable<StreamEvent>): Iterable<StreamEvent> {
  const prompt = { choices: [], created: 0, id: '', model: '', object: '' }
  const first = { ...prompt, prompt_filter_results: promptResults }
  yield { data: `data: ${JSON.stringify(first)}\n\n`, paced: false }
  for (const { data, paced } of events) {
    const [, json] = /^data: (\{.*)$/m.exec(String(data)) ?? []
    if (json === undefined) yield { data, paced }
    else yield { data: `data: ${JSON.stringify(filterChoices(JSON.parse(json)))}\n\n`, paced }
  }
}
