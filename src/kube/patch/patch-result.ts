/** Why a patch cannot be applied. */
export interface PatchError {
  /** `malformed` is answered with 400; `unprocessable` (it does not fit this object) with 422. */
  readonly type: 'malformed' | 'unprocessable'
  readonly message: string
}

/** A patched document, or why there is none. Documents that were passed in are never changed. */
export type PatchResult = { readonly document: unknown } | { readonly error: PatchError }

/** Thrown inside of a patch and turned into a {@link PatchResult} at its border. */
export class PatchFailure extends Error {
  readonly type: PatchError['type']

  constructor(type: PatchError['type'], message: string) {
    super(message)
    this.type = type
  }
}

/** Runs `patch`; its {@link PatchFailure} becomes the result's error. */
export function patchResultOf(patch: () => unknown): PatchResult {
  try {
    return { document: patch() }
  } catch (error) {
    if (error instanceof PatchFailure)
      return { error: { type: error.type, message: error.message } }
    throw error
  }
}
