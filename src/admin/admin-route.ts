/** One endpoint of the admin API. */
export interface AdminRoute {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  /** Answers without the token. Only health and metrics do. */
  readonly public: boolean
  handle(): AdminAnswer | Promise<AdminAnswer>
}

export interface AdminAnswer {
  readonly status: number
  readonly contentType:
    | 'application/json'
    | 'text/plain'
    | 'text/plain; version=0.0.4; charset=utf-8'
  readonly body: string
}

export const jsonAnswer = (value: unknown): AdminAnswer => ({
  status: 200,
  contentType: 'application/json',
  body: `${JSON.stringify(value, undefined, 2)}\n`,
})

export const textAnswer = (status: number, text: string): AdminAnswer => ({
  status,
  contentType: 'text/plain',
  body: `${text}\n`,
})
