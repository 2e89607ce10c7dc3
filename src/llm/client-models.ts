import { isRecord } from '../lib/json/is-record.ts'
import type { ModelRequest } from './model-request.ts'

type Json = Record<string, unknown>

/** Where some servers take models to ask one after the other. */
const listFields = ['models', 'fallbacks', 'context_window_fallbacks', 'content_policy_fallbacks']

/** What some proxies put over the body that they send on. */
const overlayOf = ({ extra_body: overlay }: Json): Json => (isRecord(overlay) ? overlay : {})

/** What a request names beside its model, where some servers take models from. */
export function clientModelsIn(json: Json): readonly unknown[] {
  const overlay = overlayOf(json)
  const values = [...listFields.map((field) => json[field]), overlay['model']]
  return [...values, ...listFields.map((field) => overlay[field])].filter(
    (value) => value !== undefined,
  )
}

/** Takes that out of a request of which the model is not its client's to choose. */
export function dropClientModels(request: ModelRequest): void {
  const { json } = request
  if (clientModelsIn(json).length === 0) return
  const overlay = overlayOf(json)
  for (const field of listFields) {
    delete json[field]
    delete overlay[field]
  }
  delete overlay['model']
  request.markChanged()
}
