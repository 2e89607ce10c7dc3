/** Where errors of providers, and of what stands before them, say what has gone wrong. */
const errorFields = ['error', 'detail', 'message', 'Message']

/** Whether an answer that has nothing of what its format holds is an error. */
export function isErrorAnswer(json: Record<string, unknown>): boolean {
  return errorFields.some((field) => json[field] !== undefined && json[field] !== null)
}
