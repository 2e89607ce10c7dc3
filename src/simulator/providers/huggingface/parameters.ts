import type { JsonObject } from '../../provider.ts'

/** What text-generation-inference checks about a number; its words. */
const numbers: Readonly<Record<string, { holds: (value: number) => boolean; rule: string }>> = {
  max_new_tokens: { holds: (value) => value > 0, rule: 'must be strictly positive' },
  temperature: { holds: (value) => value > 0, rule: 'must be strictly positive' },
  repetition_penalty: { holds: (value) => value > 0, rule: 'must be strictly positive' },
  top_k: { holds: (value) => value > 0, rule: 'must be strictly positive' },
  top_p: { holds: (value) => value > 0 && value < 1, rule: 'must be > 0.0 and < 1.0' },
  typical_p: { holds: (value) => value > 0 && value < 1, rule: 'must be > 0.0 and < 1.0' },
  best_of: { holds: (value) => value > 0, rule: 'must be strictly positive' },
  seed: { holds: (value) => value >= 0, rule: 'must not be negative' },
}
const mostStopSequences = 4

/** What is wrong with `parameters`; undefined when nothing is. */
export function findParameterError(parameters: JsonObject): string | undefined {
  for (const [name, { holds, rule }] of Object.entries(numbers)) {
    const value = parameters[name]
    if (value === undefined || value === null) continue
    if (typeof value !== 'number') return `\`${name}\` must be a number`
    if (!holds(value)) return `\`${name}\` ${rule}`
  }
  const stop = [parameters['stop'] ?? []].flat()
  if (stop.some((sequence) => typeof sequence !== 'string' || sequence === '')) {
    return '`stop` must be a list of non-empty strings'
  }
  return stop.length > mostStopSequences
    ? `\`stop\` supports up to ${mostStopSequences} stop sequences. Given: ${stop.length}`
    : undefined
}
