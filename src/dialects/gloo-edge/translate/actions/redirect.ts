import type { DirectResponseAction, RedirectAction } from '../../../../ir/route.ts'
import { parseRegexRewrite } from '../../../gloo-core/options/forwarding/rewrite.ts'
import { placeOf } from '../../../gloo-core/options/place.ts'
import type {
  DirectResponseAction as DirectResponseConfig,
  RedirectAction as RedirectConfig,
} from '../../kinds/fields/route.ts'
import type { RouteDraft } from '../route-draft.ts'

const statusByCode = {
  MOVED_PERMANENTLY: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
} as const

function failField(draft: RouteDraft, field: string, reason: string): void {
  const place = placeOf({ ...draft.origin, fieldPath: `${draft.origin.fieldPath}.${field}` })
  draft.fail({ reason, advice: `${field} (${place}) is wrong: ${reason}. Correct it.` })
}

function readPath(draft: RouteDraft, config: RedirectConfig): RedirectAction['path'] {
  const { pathRedirect, prefixRewrite, regexRewrite } = config
  const fields = Object.entries({ pathRedirect, prefixRewrite, regexRewrite })
    .filter(([, value]) => value !== undefined)
    .map(([field]) => field)
  if (fields.length > 1) {
    failField(draft, 'redirectAction', `only one of ${fields.join(' and ')} may be set`)
    return undefined
  }
  if (regexRewrite !== undefined) {
    const parsed = parseRegexRewrite('regexRewrite', regexRewrite)
    if (parsed.type === 'value') return { type: 'regex', ...parsed.value }
    failField(draft, 'redirectAction.regexRewrite', parsed.reason)
    return undefined
  }
  if (prefixRewrite) return { type: 'prefix', value: prefixRewrite }
  return pathRedirect ? { type: 'full', value: pathRedirect } : undefined
}

/** What would end the header or start another one must not stand in a location. */
const isPlainText = (text: string) => /^[\x21-\x7e]*$/.test(text)

/** Translates a `redirectAction`. */
export function translateRedirect(draft: RouteDraft, config: RedirectConfig): RedirectAction {
  const { hostRedirect = '', pathRedirect = '', prefixRewrite = '', portRedirect = 0 } = config
  if (![hostRedirect, pathRedirect, prefixRewrite].every(isPlainText)) {
    failField(draft, 'redirectAction', 'the new place contains spaces or control characters')
  }
  if (portRedirect > 65_535) {
    failField(draft, 'redirectAction.portRedirect', `${portRedirect} is not a port`)
  }
  return {
    type: 'redirect',
    status: statusByCode[config.responseCode ?? 'MOVED_PERMANENTLY'],
    host: hostRedirect || undefined,
    port: portRedirect || undefined,
    scheme: config.httpsRedirect ? 'https' : undefined,
    path: readPath(draft, config),
    stripQuery: config.stripQuery ?? false,
  }
}

/** Translates a `directResponseAction`; `maxBytes` is what the gateway allows a body to have. */
export function translateDirectResponse(
  draft: RouteDraft,
  config: DirectResponseConfig,
  maxBytes: number,
): DirectResponseAction {
  const { status = 0, body = '' } = config
  if (status < 200 || status > 599) {
    failField(draft, 'directResponseAction.status', `status ${status} is not between 200 and 599`)
  }
  const bytes = Buffer.byteLength(body)
  if (bytes > maxBytes) {
    failField(
      draft,
      'directResponseAction.body',
      `response body size is ${bytes} bytes; maximum is ${maxBytes} (maxDirectResponseBodySizeBytes of the Gateway)`,
    )
  }
  return { type: 'direct-response', status, body }
}
