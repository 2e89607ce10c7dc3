// Entry of a gateway thread.
import { resolveOwnModules } from './lib/modules/resolve-own-modules.ts'

resolveOwnModules(new URL('.', import.meta.url))
await import('./gateway-thread.ts')
