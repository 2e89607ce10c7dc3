import { BodyPiece } from '../../../lib/http/body-piece.ts'
import type { ModelRequest } from '../../../llm/model-request.ts'
import type { ModelResponse } from '../../../llm/model-response.ts'
import type { StreamPart } from '../../../llm/stream-part.ts'
import type { TextSlot } from '../../../llm/text-slot.ts'

/** A slot whose text can be looked at. */
export interface Slot extends TextSlot {
  text: string
}

export function slot(text: string, channel = 'content', role?: string): Slot {
  return {
    ...{ channel, role, text },
    replace(replacement) {
      this.text = replacement
    },
  }
}

/** A request that holds `texts`, for tests of guards. */
export function requestOf(...texts: Slot[]): ModelRequest {
  return {
    ...unused,
    ...markable(),
    texts: () => texts,
    tokenNumbers: () => 0,
    messages: () => texts.map(({ role = 'user', text }) => ({ role, content: text })),
  }
}

/** An answer that holds `texts`. */
export function responseOf(...texts: Slot[]): ModelResponse & { dropped: boolean } {
  return {
    ...unused,
    ...markable(),
    ...{ known: true, usage: undefined, model: undefined, dropped: false },
    texts: () => texts,
    dropRepetitions() {
      this.dropped = true
    },
  }
}

const unused = {
  json: {},
  model: undefined,
  streaming: false,
  addMessages: () => false,
  setStreaming: () => false,
  setModel: () => undefined,
  maxOutputTokens: () => undefined,
  setMaxOutputTokens: () => undefined,
  unlimitedOutput: () => undefined,
  choiceCount: () => 1,
  encode: () => Buffer.of(),
}

function markable() {
  return {
    changed: false,
    markChanged() {
      this.changed = true
    },
  }
}

/** An event, written as what it adds: `channel=text`, one after the other. */
export function part(
  deltas: readonly (readonly [channel: string, text: string])[],
  details: Partial<StreamPart> = {},
): StreamPart {
  const slots = deltas.map(([channel, text]) => slot(text, channel))
  return {
    deltas: slots,
    ...{ closes: [], closesAll: false, repeats: [], known: true, hidden: false },
    ...{ error: undefined, usage: undefined, model: undefined },
    dropRepetitions: () => undefined,
    encode: () =>
      BodyPiece.ofBytes(Buffer.from(slots.map(({ channel, text }) => `${channel}=${text}`).join())),
    makesDeltasLike: () => false,
    createDelta: (channel, text) => part([[channel, text]]),
    ...details,
  }
}
