import { type CompleteAnswer, jsonAnswer } from '../../provider.ts'
import { openaiFailure } from '../openai/errors.ts'

/** What the gateway in front of the models says; they themselves answer with OpenAI's errors. */
const failures: Readonly<Record<number, readonly [code: string, message: string]>> = {
  401: [
    '401',
    'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.',
  ],
  403: ['403', 'Access denied due to Virtual Network/Firewall rules.'],
  404: ['404', 'Resource not found'],
  429: [
    '429',
    'Requests to the ChatCompletions_Create Operation under Azure OpenAI API have exceeded call rate limit of your current OpenAI S0 pricing tier. Please retry after 1 second.',
  ],
}

export function azureFailure(status: number): CompleteAnswer {
  const known = failures[status]
  if (known === undefined) return openaiFailure(status)
  const [code, message] = known
  return jsonAnswer(status, { error: { code, message } })
}
