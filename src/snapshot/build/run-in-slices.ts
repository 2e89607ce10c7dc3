/** How long work may hold the thread, and how it lets others go first. */
export interface SliceOptions {
  readonly sliceMs: number
  /** Milliseconds on a clock that never goes back. */
  now(): number
  /** Resolves when the events that wait have had their turn. */
  pause(): Promise<void>
}

/** Runs `steps` to their end, pausing whenever a slice of time is used up. */
export async function runInSlices<Result>(
  steps: Generator<void, Result>,
  { sliceMs, now, pause }: SliceOptions,
): Promise<Result> {
  let end = now() + sliceMs
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    if (now() < end) continue
    await pause()
    end = now() + sliceMs
  }
}
