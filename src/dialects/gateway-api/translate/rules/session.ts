import type { HashPolicy } from '../../../../ir/route.ts'
import { parseDuration } from '../../../../lib/time/duration.ts'
import type { SessionPersistence } from '../../kinds/fields/session-persistence.ts'

const defaultName = 'sluice-session'

/** How requests of one session are told from others; empty: nothing asks for sessions. */
export function translateSession(config: SessionPersistence | undefined): readonly HashPolicy[] {
  if (config === undefined) return []
  const { type = 'Cookie', sessionName, cookie, cookieConfig, header, absoluteTimeout } = config
  if (type === 'Header') {
    const name = header?.name ?? sessionName ?? defaultName
    return [{ type: 'header', name: name.toLowerCase(), terminal: true }]
  }
  const lifetime = cookie?.lifetimeType ?? cookieConfig?.lifetimeType ?? 'Session'
  return [
    {
      type: 'cookie',
      name: cookie?.name ?? sessionName ?? defaultName,
      path: cookie?.path ?? '/',
      ttlMs: lifetime === 'Permanent' ? (parseDuration(absoluteTimeout ?? '') ?? 0) : 0,
      terminal: true,
    },
  ]
}
