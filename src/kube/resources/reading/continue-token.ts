import { badRequestError } from '../status-error.ts'

/** Where a list that is read in pieces goes on. */
export interface ContinueToken {
  /** The revision of the whole list; -1 for whatever is current. */
  readonly revision: number
  /** The last key that was given out. */
  readonly after: string
}

export function encodeContinueToken(token: ContinueToken): string {
  return Buffer.from(JSON.stringify([token.revision, token.after])).toString('base64url')
}

export function decodeContinueToken(text: string): ContinueToken {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (Array.isArray(parts) && Number.isSafeInteger(parts[0]) && typeof parts[1] === 'string') {
      return { revision: Number(parts[0]), after: parts[1] }
    }
  } catch {
    // Told below, as any other text that is no token.
  }
  throw badRequestError('continue key is not valid: it must be one that a list has returned')
}
