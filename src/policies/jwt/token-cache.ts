import type { VerifiedToken } from './verified-token.ts'

interface Entry {
  readonly token: VerifiedToken
  /** The key set that verified it; another one makes the entry void. */
  readonly keys: object
  readonly expiresMs: number
}

const maxEntries = 4096

const maxAgeMs = 60_000

/** Verified tokens by SHA-256, for at most a minute and never past their `exp`; the oldest makes room. */
export class TokenCache {
  readonly #entries = new Map<string, Entry>()

  get(digest: string, keys: object, nowMs: number): VerifiedToken | undefined {
    const entry = this.#entries.get(digest)
    if (entry === undefined) return undefined
    if (entry.keys === keys && nowMs < entry.expiresMs) return entry.token
    this.#entries.delete(digest)
    return undefined
  }

  set(digest: string, keys: object, token: VerifiedToken, nowMs: number): void {
    const { exp } = token.claims.principal
    const expiresMs = Math.min(
      nowMs + maxAgeMs,
      typeof exp === 'number' ? exp * 1000 : Number.POSITIVE_INFINITY,
    )
    if (expiresMs <= nowMs) return
    if (this.#entries.size >= maxEntries) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest)
        break
      }
    }
    this.#entries.set(digest, { token, keys, expiresMs })
  }
}
