import type { Attempt, RequestContext, ResponseHead } from '../policy.ts'

/** What a template may read. */
export interface TemplateInput {
  readonly context: RequestContext
  /** Set while a try is prepared. */
  readonly attempt: Attempt | undefined
  /** Set while an answer is on its way. */
  readonly response: ResponseHead | undefined
}

/** Makes a value; what is unknown is empty. */
export type Template = (input: TemplateInput) => string

/** Why a template cannot be used. */
export interface TemplateError {
  readonly type: 'template-error'
  readonly message: string
}
