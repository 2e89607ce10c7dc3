import { replaceTopLevelString } from '../../lib/json/replace-top-level-string.ts'
import type { ModelRequest } from '../../llm/model-request.ts'

/** A body that was made for a try, and what it was made for. */
export interface EncodedBody {
  readonly model: string | undefined
  readonly limitField: string | undefined
  readonly body: Buffer
}

/** The request as it is now, with this model in it where one is given; `known` again where that is what it was made for. */
export function encodeBody(
  known: EncodedBody | undefined,
  request: ModelRequest,
  model: string | undefined,
  limitField: string | undefined,
): EncodedBody {
  if (known !== undefined && known.model === model && known.limitField === limitField) return known
  if (model !== undefined) request.setModel(model)
  request.markChanged()
  return { model, limitField, body: request.encode(limitField) }
}

/** The client's bytes with another model in them; undefined: it cannot be told where that stands. */
export function spliceBody(
  known: EncodedBody | undefined,
  original: Buffer,
  model: string,
): EncodedBody | undefined {
  if (known?.model === model) return known
  const body = replaceTopLevelString(original, 'model', model)
  return body && { model, limitField: undefined, body }
}
