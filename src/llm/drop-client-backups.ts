import type { ModelRequest } from './model-request.ts'

/**
 * Takes out of a request what some servers take for models to ask one after the other, where the model is not its client's to
 * choose.
 */
export function dropClientBackups(request: ModelRequest): void {
  for (const field of ['models', 'fallbacks']) {
    if (request.json[field] === undefined) continue
    delete request.json[field]
    request.markChanged()
  }
}
