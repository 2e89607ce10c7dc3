import { asRecord, asString } from '../json-value.ts'

/** What an error says, in whichever of the usual places. */
export function errorMessage(error: unknown): string {
  if (typeof error === 'string') return error
  const { message, detail, msg } = asRecord(error) ?? {}
  return asString(message) ?? asString(detail) ?? asString(msg) ?? 'the provider reports an error'
}
