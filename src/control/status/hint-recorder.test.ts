import { expect, test } from 'vitest'
import { emptyConfiguration } from '../../dialects/empty-configuration.ts'
import { HintRecorder } from './hint-recorder.ts'

const object = { group: 'g', kind: 'K', namespace: 'default', name: 'a' }
const translation = (...messages: readonly string[]) => ({
  configuration: emptyConfiguration,
  statuses: [],
  secretIds: new Set<string>(),
  hints: messages.map((message) => ({ object, reason: 'Lost', message })),
})

function createSubject() {
  const events: unknown[] = []
  const metadata = { namespace: 'default', name: 'a', uid: 'one', generation: 1 }
  const stored = { apiVersion: 'g/v1', kind: 'K', metadata }
  const recorder = new HintRecorder({
    get: () => ({ ...stored, metadata: { ...metadata } }),
    recordEvent: (_object, { message }) => events.push(message),
  })
  return { recorder, events, metadata }
}

test('a hint is told once while it stands, and again when it comes back', () => {
  const { recorder, events } = createSubject()
  recorder.record([translation('x', 'y')])
  recorder.record([translation('x', 'y')])
  expect(events).toEqual(['x', 'y'])
  recorder.record([translation('y')])
  recorder.record([translation('x', 'y')])
  expect(events).toEqual(['x', 'y', 'x'])
})

test('a hint is told again when its object has changed and is as wrong as before', () => {
  const { recorder, events, metadata } = createSubject()
  recorder.record([translation('x')])
  metadata.generation = 2
  recorder.record([translation('x')])
  metadata.uid = 'two'
  recorder.record([translation('x')])
  expect(events).toEqual(['x', 'x', 'x'])
})

test('a hint that is given twice is told once', () => {
  const { recorder, events } = createSubject()
  recorder.record([translation('x'), translation('x', 'z')])
  expect(events).toEqual(['x', 'z'])
})
