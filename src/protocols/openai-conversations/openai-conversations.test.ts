import { expect, test } from 'vitest'
import { openAiConversations } from './index.ts'

const message = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'a' }] }

test('items are the texts of a request, metadata is not', () => {
  const items = [message, { type: 'function_call', name: 'f', arguments: '{"x":"b"}' }]
  const request = openAiConversations.readRequest({ items, metadata: { team: 'z' } }, '')
  expect(request?.messages()).toEqual([
    { role: 'user', content: 'a' },
    { role: 'assistant', content: 'x' },
    { role: 'assistant', content: 'b' },
  ])
  request?.setModel('m')
  expect(request?.json).not.toHaveProperty('model')
})

test('answers are conversations, lists of items, or items', () => {
  const known = (json: Record<string, unknown>) => openAiConversations.readResponse(json).known
  const list = openAiConversations.readResponse({ object: 'list', data: [message], first_id: 'm' })
  expect([list.known, list.texts()[0]?.text]).toEqual([true, 'a'])
  expect(known({ id: 'conv_1', object: 'conversation', metadata: {} })).toBe(true)
  expect(known({ id: 'conv_1', object: 'conversation.deleted', deleted: true })).toBe(true)
  expect(openAiConversations.readResponse({ id: 'm', ...message }).texts()[0]?.text).toBe('a')
  expect(known({ words: 'x' })).toBe(false)
})
