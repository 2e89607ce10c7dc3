import { isAmbiguousPath, splitVersion } from './versioned-path.ts'

/** What a path of Google's APIs asks of a model, such as `/v1beta/models/gemini-2.5-flash:generateContent`. */
export interface ModelAction {
  readonly model: string
  /** Such as `generateContent`. */
  readonly action: string
}

const modelAction = /\/models\/([\w.@-]+):([A-Za-z]+)$/

/** Reads a path: `own` is a route's own name for the provider, without a word of its API. */
export function readModelAction(path: string): ModelAction | 'own' | 'unknown' {
  if (isAmbiguousPath(path)) return 'unknown'
  const [, model, action] = modelAction.exec(path) ?? []
  if (model !== undefined && action !== undefined) return { model, action }
  const namesPart = (splitVersion(path)?.segments.length ?? 0) > 0 || /:[A-Za-z]+$/.test(path)
  return namesPart ? 'unknown' : 'own'
}

/** True: the client asks for events; a stream is an array of JSON otherwise. */
export function asksForEvents(query: string): boolean {
  return new URLSearchParams(query).get('alt') === 'sse'
}
