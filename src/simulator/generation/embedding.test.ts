import { expect, test } from 'vitest'
import { embed } from './embedding.ts'

test('embeddings of texts that share words are near each other', () => {
  const similarity = (a: string, b: string) => {
    const right = embed(b, 1536)
    return embed(a, 1536).reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0)
  }
  expect(similarity('how do I reset my password', 'how do I reset my password')).toBeCloseTo(1)
  expect(similarity('how do I reset my password', 'how can I reset my password')).toBeGreaterThan(
    0.7,
  )
  expect(similarity('how do I reset my password', 'weather in Paris tomorrow')).toBeLessThan(0.3)
})
