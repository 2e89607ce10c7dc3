import { type Answer, jsonAnswer, type SimulatedRequest } from '../../provider.ts'
import { anthropicError } from './errors.ts'

/** Those that `GET /v1/models` lists; a call may name any other. */
const models = [
  { id: 'claude-sonnet-4-5-20250929', display_name: 'Claude Sonnet 4.5', created: '2025-09-29' },
  { id: 'claude-haiku-4-5-20251001', display_name: 'Claude Haiku 4.5', created: '2025-10-01' },
  { id: 'claude-opus-4-5-20251101', display_name: 'Claude Opus 4.5', created: '2025-11-01' },
].map(({ created, ...model }) => ({ type: 'model', ...model, created_at: `${created}T00:00:00Z` }))

/** `GET /v1/models` and `GET /v1/models/{id}`. */
export function answerModels(request: SimulatedRequest): Answer {
  if (request.path === '/v1/models') {
    const [first, last] = [models[0]?.id, models.at(-1)?.id]
    return jsonAnswer(200, { data: models, has_more: false, first_id: first, last_id: last })
  }
  const id = request.path.slice('/v1/models/'.length)
  const model = models.find((candidate) => candidate.id === id)
  return model === undefined
    ? anthropicError(404, 'not_found_error', `model: ${id}`)
    : jsonAnswer(200, model)
}
