import { setImmediate } from 'node:timers/promises'

// So much is done at once; most messages are shorter and wait for nothing.
const lengthAtOnce = 16_384

/** Runs `work`, which yields how much text each step took; after much of it others have their turn. */
export function inSteps<Result>(
  work: Generator<number, Result, undefined>,
): Result | Promise<Result> {
  const result = advance(work)
  return 'value' in result ? result.value : continueLater(work)
}

async function continueLater<Result>(work: Generator<number, Result, undefined>): Promise<Result> {
  for (;;) {
    await setImmediate()
    const result = advance(work)
    if ('value' in result) return result.value
  }
}

/** Empty when there is more to do. */
function advance<Result>(
  work: Generator<number, Result, undefined>,
): { readonly value: Result } | Record<string, never> {
  let length = 0
  while (length < lengthAtOnce) {
    const step = work.next()
    if (step.done === true) return { value: step.value }
    length += step.value
  }
  return {}
}
