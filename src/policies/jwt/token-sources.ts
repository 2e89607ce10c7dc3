import type { TokenHeader } from '../../ir/policies/jwt.ts'
import type { TokenBearer } from '../kept-tokens.ts'
import type { RequestContext } from '../policy.ts'

interface Source {
  find(context: RequestContext): string | undefined
  remove(bearer: TokenBearer, staysIn: (header: string) => boolean): void
}

/** The places of a request where a provider's tokens may stand. */
export class TokenSources {
  readonly #sources: readonly Source[]

  constructor(headers: readonly TokenHeader[], queryParameters: readonly string[]) {
    this.#sources = [...headers.map(headerSource), ...queryParameters.map(querySource)]
  }

  /** At most one token of each place, so that a request cannot ask for any number of verifications. */
  find(context: RequestContext): readonly string[] {
    return this.#sources.flatMap((source) => source.find(context) ?? [])
  }

  /** Takes every token out of the request, those that nobody looked at included. */
  remove(bearer: TokenBearer, staysIn: (header: string) => boolean = () => false): void {
    for (const source of this.#sources) source.remove(bearer, staysIn)
  }
}

function headerSource({ name, prefix }: TokenHeader): Source {
  // What ends in a space is a scheme of RFC 9110, 11.1, where case does not matter.
  const wanted = prefix.endsWith(' ') ? prefix.toLowerCase() : prefix
  const isToken = (value: string) => {
    const start = value.slice(0, prefix.length)
    return (prefix.endsWith(' ') ? start.toLowerCase() : start) === wanted
  }
  return {
    find({ headers }) {
      const first = headers.get(name)
      if (first === undefined) return undefined
      const value = isToken(first) ? first : headers.getAll(name).find(isToken)
      return value?.slice(prefix.length).trim()
    },
    remove({ headers }, staysIn) {
      if (!headers.has(name) || staysIn(name)) return
      const others = headers.getAll(name).filter((value) => !isToken(value))
      headers.remove(name)
      for (const value of others) headers.append(name, value)
    },
  }
}

function querySource(parameter: string): Source {
  const parts = ({ query }: TokenBearer) => (query === '' ? [] : query.slice(1).split('&'))
  const isToken = (part: string) => decode(part.split('=', 1)[0] ?? '') === parameter
  return {
    find(context) {
      const part = parts(context).find(isToken)
      return part === undefined ? undefined : decode(part.slice(part.indexOf('=') + 1))
    },
    remove(bearer) {
      const all = parts(bearer)
      const others = all.filter((part) => !isToken(part))
      if (others.length === all.length) return
      bearer.query = others.length === 0 ? '' : `?${others.join('&')}`
    },
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
