import { PatchFailure } from './patch-result.ts'

/** The reference tokens of a JSON pointer (RFC 6901). */
export function decodeJsonPointer(pointer: string): string[] {
  if (pointer === '') return []
  if (!pointer.startsWith('/')) {
    throw new PatchFailure(
      'malformed',
      `the JSON pointer ${JSON.stringify(pointer)} must be empty or start with "/"`,
    )
  }
  return pointer
    .slice(1)
    .split('/')
    .map((token) => {
      if (/~(?![01])/.test(token)) {
        throw new PatchFailure(
          'malformed',
          `the JSON pointer ${JSON.stringify(pointer)} has a "~" that is followed by neither 0 nor 1`,
        )
      }
      return token.replaceAll('~1', '/').replaceAll('~0', '~')
    })
}

/** The pointer of the tokens. */
export function encodeJsonPointer(tokens: readonly string[]): string {
  return tokens.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** The list index that a token names; `-` is the place after the last one where `appendable`. */
export function listIndexOf(
  token: string,
  length: number,
  appendable: boolean,
): number | undefined {
  if (token === '-') return appendable ? length : undefined
  if (!/^(?:0|[1-9]\d{0,8})$/.test(token)) return undefined
  const index = Number(token)
  return index < length || (appendable && index === length) ? index : undefined
}
