/** How an answer's body is to be read. */
export type AnswerKind = 'json' | 'events' | 'other'

/** Tells from an answer's head; `headers` is flat with lower-case names. */
export function answerKindOf(headers: readonly string[]): AnswerKind {
  const encoding = headerValueOf(headers, 'content-encoding')
  if (encoding !== undefined && encoding !== '' && encoding !== 'identity') return 'other'
  const type = (headerValueOf(headers, 'content-type') ?? '').split(';', 1)[0]?.trim()
  if (type === 'text/event-stream' || type === 'application/vnd.amazon.eventstream') return 'events'
  return type === 'application/json' || type?.endsWith('+json') === true ? 'json' : 'other'
}

/** Every value of a header as one, in lower case; undefined when it is missing. */
export function headerValueOf(headers: readonly string[], name: string): string | undefined {
  let value: string | undefined
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] !== name) continue
    const text = headers[index + 1] as string
    value = value === undefined ? text : `${value},${text}`
  }
  return value?.trim().toLowerCase()
}
