import { createRequire } from 'node:module'
import type { RE2JS } from 're2js'

const load = createRequire(import.meta.url)
let engine: typeof RE2JS | undefined

/** The engine of RE2, 260 KB of source that a thread without expressions does without. */
export function loadRe2(): typeof RE2JS {
  engine ??= (load('re2js') as { RE2JS: typeof RE2JS }).RE2JS
  return engine
}
