import { isRecord } from '../../../../lib/json/is-record.ts'
import type { AuthToken } from '../../kinds/ai/auth-token.ts'
import type { AiSpec } from '../../kinds/ai/upstream-ai.ts'
import type { Findings } from '../findings.ts'
import { providerFields } from './members.ts'

/** An AI spec in the form of today. */
export interface CurrentForm {
  readonly ai: AiSpec
  /** Where its parts stand, if not in the provider. */
  readonly places: EarlyPlaces
}

export interface EarlyPlaces {
  readonly token?: string
  readonly host?: string
}

/**
 * Reads the form of the first releases, where the credential stood beside the provider: `authTokenRef` names a Secret,
 * `inlineAuthToken` is the credential itself, and `custom` is a host that speaks as OpenAI does.
 */
export function readEarlyForm(ai: AiSpec, findings: Findings): CurrentForm {
  const { authTokenRef, inlineAuthToken, custom, ...rest } = ai
  const hasToken = authTokenRef !== undefined || inlineAuthToken !== undefined
  if (!hasToken && custom === undefined) return { ai, places: {} }
  const own = [...providerFields, 'multi' as const].filter((field) => rest[field] !== undefined)
  if (custom !== undefined && own.length > 0) {
    findings.errors.push(
      `ai: only one LLM provider can be set, not ${[...own, 'custom'].join(', ')}`,
    )
    return { ai: { openai: {} }, places: {} }
  }
  const authToken = readEarlyToken(ai, findings)
  const places = {
    ...(hasToken && {
      token: authTokenRef === undefined ? 'ai.inlineAuthToken' : 'ai.authTokenRef',
    }),
    ...(custom && { host: 'ai.custom' }),
  }
  const token = authToken && { authToken }
  if (custom !== undefined) return { ai: { openai: { ...token, customHost: custom } }, places }
  const { openai, mistral } = rest
  if (own.length === 1 && mistral !== undefined)
    return { ai: { mistral: { ...mistral, ...token } }, places }
  if (own.length === 1 && openai !== undefined)
    return { ai: { openai: { ...openai, ...token } }, places }
  findings.errors.push(
    'ai: authTokenRef and inlineAuthToken belong to openai, mistral or custom: use authToken of the provider',
  )
  return { ai: rest, places: {} }
}

function readEarlyToken(
  { authTokenRef, inlineAuthToken, openai, mistral }: AiSpec,
  findings: Findings,
): AuthToken | undefined {
  const set = [
    ...(authTokenRef === undefined ? [] : ['authTokenRef']),
    ...(inlineAuthToken === undefined ? [] : ['inlineAuthToken']),
    ...((openai ?? mistral)?.authToken === undefined ? [] : ['authToken']),
  ]
  if (set.length > 1) findings.errors.push(`ai: only one of ${set.join(' and ')} can be set`)
  if (inlineAuthToken !== undefined) return { inline: inlineAuthToken }
  if (authTokenRef === undefined) return undefined
  const { name, namespace } = isRecord(authTokenRef) ? authTokenRef : { name: authTokenRef }
  return {
    secretRef: {
      ...(typeof name === 'string' && { name }),
      ...(typeof namespace === 'string' && { namespace }),
    },
  }
}
