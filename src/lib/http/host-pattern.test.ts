import { expect, test } from 'vitest'
import { matchesHostPattern } from './host-pattern.ts'

test.each([
  ['api.openai.com', 'api.openai.com', true],
  ['api.openai.com', 'api.openai.com.evil.test', false],
  ['*.openai.azure.com', 'mine.openai.azure.com', true],
  ['*.openai.azure.com', 'a.b.openai.azure.com', false],
  ['*.openai.azure.com', 'openai.azure.com', false],
  ['*.openai.azure.com', '.openai.azure.com', false],
  ['*-aiplatform.googleapis.com', 'europe-west1-aiplatform.googleapis.com', true],
  ['*-aiplatform.googleapis.com', '-aiplatform.googleapis.com', false],
  ['*-aiplatform.googleapis.com', 'aiplatform.googleapis.com', false],
  ['bedrock-runtime.*.amazonaws.com', 'bedrock-runtime.eu-west-1.amazonaws.com', true],
  ['bedrock-runtime.*.amazonaws.com', 'bedrock.eu-west-1.amazonaws.com', false],
])('%s and %s: %s', (pattern, host, expected) => {
  expect(matchesHostPattern(pattern, host)).toBe(expected)
})
