import type { Origin } from '../../../../ir/origin.ts'
import type {
  HeaderAddition,
  HeaderChanges,
  HeaderMutation,
} from '../../../../ir/policies/header-mutation.ts'
import { isFramingHeader } from '../../../../lib/http/framing-headers.ts'
import type { HeaderManipulation } from '../../kinds/options/header-manipulation.ts'
import type { Failure, PolicyResult } from '../failure.ts'
import { idOf, placeOf } from '../place.ts'
import type { Scope } from '../source.ts'
import { texts } from '../texts.ts'
import { findHeaderSecret } from './read-header-secret.ts'

type RequestOption = NonNullable<HeaderManipulation['requestHeadersToAdd']>[number]
type ResponseOption = NonNullable<HeaderManipulation['responseHeadersToAdd']>[number]

const tokenPattern = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not stand in a header
const controlPattern = /[\x00-\x08\x0a-\x1f\x7f]/

const reasonOf = (text: string) => `*headers.plugin: ${text}`

function findRequestKeyError(key: string): string | undefined {
  if (key.startsWith(':') || key.toLowerCase() === 'host') return texts.headerKeyPseudo
  if (isFramingHeader(key)) return texts.headerKeyFraming(key)
  return tokenPattern.test(key) ? undefined : texts.headerKeyInvalid(key)
}

function findResponseKeyError(key: string): string | undefined {
  if (key.startsWith(':')) return texts.responsePseudo(key)
  if (key.toLowerCase() === 'host') return texts.responseHost
  if (isFramingHeader(key)) return texts.headerKeyFraming(key)
  return tokenPattern.test(key) ? undefined : texts.headerKeyInvalid(key)
}

/** Makes the header changes of one `headerManipulation`. */
class HeaderMutationBuilder {
  readonly failures: Failure[] = []
  readonly #scope: Scope
  readonly #origin: Origin

  constructor(scope: Scope, origin: Origin) {
    this.#scope = scope
    this.#origin = origin
  }

  requestChanges(config: HeaderManipulation): HeaderChanges {
    const added = (config.requestHeadersToAdd ?? []).flatMap((option) => this.#addition(option))
    return { remove: this.#removals(config.requestHeadersToRemove ?? []), add: added }
  }

  responseChanges(config: HeaderManipulation): HeaderChanges {
    const added = (config.responseHeadersToAdd ?? []).flatMap((option) =>
      this.#plainAddition(option, findResponseKeyError),
    )
    return { remove: this.#removals(config.responseHeadersToRemove ?? []), add: added }
  }

  #addition(option: RequestOption): readonly HeaderAddition[] {
    const { headerSecretRef, header } = option
    if (headerSecretRef === undefined) return this.#plainAddition(option, findRequestKeyError)
    if (header !== undefined) {
      this.#fail(
        'only one of header and headerSecretRef may be set',
        'sets both header and headerSecretRef in one entry. Keep one of them.',
      )
      return []
    }
    const found = findHeaderSecret(this.#scope, headerSecretRef, this.#origin)
    if (found.type === 'failure') {
      this.failures.push({ reason: reasonOf(found.reason), advice: found.advice })
      return []
    }
    return found.headers.flatMap(({ name, value: secret }) => {
      if (!this.#isValid(findRequestKeyError(name))) return []
      const value = { type: 'secret', secret } as const
      // Gloo's default would send the client's own credential on beside the held one.
      return [{ name: name.toLowerCase(), value, append: option.append ?? false }]
    })
  }

  #plainAddition(
    { header, append = true }: ResponseOption,
    findError: (key: string) => string | undefined,
  ): readonly HeaderAddition[] {
    if (header === undefined) {
      this.#fail(texts.headerMissing, 'has an entry without header. Give it a key and a value.')
      return []
    }
    const { key = '', value = '' } = header
    const error = controlPattern.test(value) ? texts.headerValueInvalid(key) : findError(key)
    if (!this.#isValid(error)) return []
    return [{ name: key.toLowerCase(), value: { type: 'template', template: value }, append }]
  }

  #removals(names: readonly string[]): readonly string[] {
    return names.flatMap((name) =>
      isFramingHeader(name) || this.#isValid(findRequestKeyError(name)) ? [name.toLowerCase()] : [],
    )
  }

  #isValid(error: string | undefined): boolean {
    if (error !== undefined) this.#fail(error, `is wrong: ${error}. Correct the header.`)
    return error === undefined
  }

  #fail(reason: string, advice: string): void {
    this.failures.push({
      reason: reasonOf(reason),
      advice: `headerManipulation (${placeOf(this.#origin)}) ${advice}`,
    })
  }
}

/** Translates the `headerManipulation` that stands at `origin`. */
export function translateHeaderManipulation(
  scope: Scope,
  config: HeaderManipulation,
  origin: Origin,
  level: HeaderMutation['level'],
): PolicyResult<HeaderMutation> {
  const id = `header-mutation/${level}/${idOf(origin)}`
  return scope.remember(id, [config], (inner): PolicyResult<HeaderMutation> => {
    const builder = new HeaderMutationBuilder(inner, origin)
    const request = builder.requestChanges(config)
    const response = builder.responseChanges(config)
    if (builder.failures.length > 0) return { policy: undefined, failures: builder.failures }
    return {
      policy: { type: 'header-mutation', id, origin, level, request, response },
      failures: [],
    }
  })
}
