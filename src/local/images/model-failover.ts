import { createAnsweringImage } from './create-answering-image.ts'

const answer = JSON.stringify({
  error: {
    message: 'Rate limit reached. This model has no capacity left, on purpose.',
    type: 'requests',
    param: null,
    code: 'rate_limit_exceeded',
  },
})

/** A model that is always overloaded: logs each request and answers 429, so that failover can be watched. */
export const modelFailover = createAnsweringImage({
  status: 429,
  contentType: 'application/json',
  log: (_request, body, { log, now }) => log(formatLine(now(), body ?? '')),
  body: () => answer,
})

/** The form of Go's structured log, in which a second `msg` holds what was received. */
function formatLine(timeMs: number, body: string): string {
  const time = new Date(timeMs).toISOString()
  return `{"time":"${time}","level":"INFO","msg":"Request received","msg":${JSON.stringify(body)}}`
}
