import { messageOf } from '../../lib/message-of.ts'
import { type Failure, failure } from '../compile/failure.ts'
import type { CompileCache } from './compile-cache.ts'

/** From this build, an earlier one, or `compile`; a defect of `compile` costs only what it compiles. */
export function compileOnce<Output>(
  cache: CompileCache<Output | Failure>,
  { id, inputs }: { id: string; inputs: readonly unknown[] },
  compile: () => Output | Failure,
): Output | Failure {
  const known = cache.ofThisBuild(id) ?? cache.reuse(id, inputs)
  if (known !== undefined) return known
  try {
    return cache.store(id, inputs, compile())
  } catch (error) {
    return cache.store(id, inputs, unexpected(error))
  }
}

/** What a defect of the compiler costs. */
export function unexpected(error: unknown): Failure {
  return failure(`It cannot be compiled: ${messageOf(error)}`)
}
