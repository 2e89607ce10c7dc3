import type { AiSpec, Member } from '../../kinds/ai/upstream-ai.ts'
import type { Findings } from '../findings.ts'

export const providerFields = [
  'openai',
  'mistral',
  'anthropic',
  'azureOpenai',
  'gemini',
  'vertexAi',
  'bedrock',
] as const

export type ProviderField = (typeof providerFields)[number]

/** One provider that an AI Upstream names. */
export interface AiMember {
  readonly field: ProviderField
  readonly member: Member
  /** Below `spec`, such as `ai.multi.priorities[0].pool[1].openai`. */
  readonly place: string
  readonly priority: number
}

/** The providers of an AI Upstream, which are all of one type. Empty: what is wrong is in the findings. */
export function membersOf(ai: AiSpec, findings: Findings): readonly AiMember[] {
  const { multi } = ai
  const own = providerFields.filter((field) => ai[field] !== undefined)
  const set = [...own, ...(multi ? ['multi'] : [])]
  if (set.length !== 1) {
    const choices = [...providerFields, 'multi'].join(', ')
    findings.errors.push(
      set.length === 0
        ? `ai: no LLM provider is set: one of ${choices} is needed`
        : `ai: only one LLM provider can be set, not ${set.join(', ')}`,
    )
    return []
  }
  if (multi !== undefined) return membersOfPools(multi, findings)
  const [field] = own
  return field === undefined ? [] : [{ field, member: ai, place: `ai.${field}`, priority: 0 }]
}

function membersOfPools(
  { priorities = [] }: NonNullable<AiSpec['multi']>,
  findings: Findings,
): readonly AiMember[] {
  if (priorities.length === 0) {
    findings.errors.push('ai.multi.priorities: at least one priority is needed')
  }
  const members = priorities.flatMap(({ pool = [] }, priority) => {
    const place = `ai.multi.priorities[${priority}].pool`
    if (pool.length === 0) findings.errors.push(`${place}: at least one LLM provider is needed`)
    return pool.flatMap((member, index): AiMember[] => {
      const [field, ...others] = providerFields.filter((name) => member[name] !== undefined)
      if (field === undefined || others.length > 0) {
        const problem =
          field === undefined
            ? `one of ${providerFields.join(', ')} is needed`
            : `only one can be set, not ${[field, ...others].join(', ')}`
        findings.errors.push(`${place}[${index}]: ${problem}`)
        return []
      }
      return [{ field, member, place: `${place}[${index}].${field}`, priority }]
    })
  })
  const types = [...new Set(members.map(({ field }) => field))]
  if (types.length > 1) {
    findings.errors.push(
      `ai.multi: all LLM providers must be of the same type, not ${types.join(', ')}`,
    )
  }
  return members
}
