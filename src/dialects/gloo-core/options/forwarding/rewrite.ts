import type { HostRewrite, PathRewrite } from '../../../../ir/route.ts'
import type { RouteOptions } from '../../kinds/options/route-options.ts'
import { findSubstitutionError } from '../regular-expression.ts'

interface RegexRewrite {
  readonly pattern?: { readonly regex?: string }
  readonly substitution?: string
}

/** A value, or what is wrong with the field that should give it. */
export type Parsed<Value> =
  | { readonly type: 'value'; readonly value: Value }
  | { readonly type: 'error'; readonly field: string; readonly reason: string }

const value = <Value>(parsed: Value): Parsed<Value> => ({ type: 'value', value: parsed })
const error = (field: string, reason: string): Parsed<never> => ({ type: 'error', field, reason })

/** Reads a regular expression with its substitution. */
export function parseRegexRewrite(
  field: string,
  rewrite: RegexRewrite,
): Parsed<{ readonly pattern: string; readonly substitution: string }> {
  const pattern = rewrite.pattern?.regex ?? ''
  const substitution = rewrite.substitution ?? ''
  if (pattern === '') return error(field, 'pattern.regex is empty')
  const reason = findSubstitutionError(pattern, substitution)
  if (reason !== undefined) return error(field, `invalid regex '${pattern}': ${reason}`)
  return value({ pattern, substitution })
}

/** Reads `prefixRewrite` or `regexRewrite`. */
export function parsePathRewrite(options: RouteOptions): Parsed<PathRewrite | undefined> {
  const { prefixRewrite, regexRewrite } = options
  if (prefixRewrite !== undefined && regexRewrite !== undefined) {
    return error('regexRewrite', 'only one of prefixRewrite and regexRewrite may be set')
  }
  if (regexRewrite !== undefined) {
    const parsed = parseRegexRewrite('regexRewrite', regexRewrite)
    return parsed.type === 'error' ? parsed : value({ type: 'regex', ...parsed.value })
  }
  // Envoy reads an empty prefix as no rewrite.
  if (!prefixRewrite) return value(undefined)
  if (!prefixRewrite.startsWith('/')) {
    return error('prefixRewrite', `'${prefixRewrite}' does not begin with / as paths do`)
  }
  if (!/^[\x21-\x7e]+$/.test(prefixRewrite)) {
    const form = 'holds a character that a path carries percent-encoded only'
    return error('prefixRewrite', `'${prefixRewrite}' ${form}`)
  }
  return value({ type: 'prefix', value: prefixRewrite })
}

const hostFields = [
  'hostRewrite',
  'autoHostRewrite',
  'hostRewritePathRegex',
  'hostRewriteHeader',
] as const

/** Reads the one host rewrite of the options. */
export function parseHostRewrite(options: RouteOptions): Parsed<HostRewrite | undefined> {
  const fields = hostFields.filter((field) => options[field] !== undefined)
  const [field, second] = fields
  if (field !== undefined && second !== undefined) {
    return error(second, `only one of ${fields.join(' and ')} may be set`)
  }
  const { hostRewrite, autoHostRewrite, hostRewritePathRegex, hostRewriteHeader } = options
  if (hostRewritePathRegex !== undefined) {
    const parsed = parseRegexRewrite('hostRewritePathRegex', hostRewritePathRegex)
    return parsed.type === 'error' ? parsed : value({ type: 'path-regex', ...parsed.value })
  }
  if (hostRewriteHeader !== undefined) {
    return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(hostRewriteHeader)
      ? value({ type: 'header', header: hostRewriteHeader.toLowerCase() })
      : error('hostRewriteHeader', `'${hostRewriteHeader}' is an invalid HTTP header key`)
  }
  if (autoHostRewrite) return value({ type: 'endpoint' })
  if (!hostRewrite) return value(undefined)
  return /^[!-~]+$/.test(hostRewrite) && !/[/?#@]/.test(hostRewrite)
    ? value({ type: 'literal', value: hostRewrite })
    : error('hostRewrite', `'${hostRewrite}' is not a host name`)
}
