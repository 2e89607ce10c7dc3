const pollEveryMs = 10

/**
 * Resolves with what `probe` returns as soon as it is neither undefined nor false; asks again until then.
 * Rejects with `what` after `timeoutMs`: a test that waits for something that never comes says for what.
 */
export async function waitUntil<Value>(
  what: string,
  probe: () => Promise<Value | undefined | false> | Value | undefined | false,
  timeoutMs = 20_000,
): Promise<Value> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const value = await probe()
    if (value !== undefined && value !== false) return value
    if (performance.now() > deadline) throw new Error(`Waited in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, pollEveryMs))
  }
}
