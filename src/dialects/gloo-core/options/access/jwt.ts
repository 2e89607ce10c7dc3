import type { Origin } from '../../../../ir/origin.ts'
import type { Jwt, JwtProvider } from '../../../../ir/policies/jwt.ts'
import { JwtProviders } from '../../kinds/options/jwt.ts'
import type { Failure, PolicyResult } from '../failure.ts'
import { type OptionSet, originOfOption } from '../option-set.ts'
import { fieldOf, idOf, placeOf } from '../place.ts'
import type { Scope } from '../source.ts'
import { isWrong, translateProvider } from './jwt-provider.ts'
import { findUnknownField } from './unknown-field.ts'

/** Where Gloo's filters, and templates that were written for it, find the claims. */
const metadataNamespace = 'envoy.filters.http.jwt_authn'

type Stage = 'beforeExtAuth' | 'afterExtAuth'

/** What one field says of tokens in one stage. */
interface JwtSetting {
  readonly stage: Stage
  readonly config: JwtProviders
  readonly origin: Origin
  /** The field can hold providers; otherwise it can only be turned off. */
  readonly holdsProviders: boolean
  /** Its stage is one that there is. */
  readonly isKnown: boolean
}

/** A policy of a virtual host, or why it cannot be made. */
export interface StagedJwt {
  readonly stage: Stage
  readonly result: PolicyResult<Jwt>
}

interface JwtOptions {
  readonly jwt?: JwtProviders
  readonly jwtStaged?: Staged
  readonly jwtProvidersStaged?: Staged
}

type Staged = { readonly [Name in Stage]?: JwtProviders }

/** What options say of tokens, of a route or, where `level` says so, of a virtual host. */
function settingsOf(
  options: OptionSet<JwtOptions>,
  fallback: Origin,
  level: 'route' | 'virtual-host',
): readonly JwtSetting[] {
  const { jwt, jwtStaged, jwtProvidersStaged } = options.values
  const place = (field: string) => originOfOption(options, field, fallback)
  const staged = (value: Staged | undefined, field: string, holdsProviders: boolean) =>
    Object.entries(value ?? {}).map(([name, config]): JwtSetting => {
      // A stage that is not known counts as the later one, where it fails.
      const stage = name === 'beforeExtAuth' ? name : 'afterExtAuth'
      const isKnown = stage === name
      const origin = fieldOf(place(field), name)
      return { stage, config, origin, holdsProviders, isKnown }
    })
  const ownProviders = level === 'virtual-host'
  const plain: JwtSetting[] =
    jwt === undefined
      ? []
      : [
          {
            stage: 'afterExtAuth',
            config: jwt,
            origin: place('jwt'),
            holdsProviders: ownProviders,
            isKnown: true,
          },
        ]
  return [
    ...plain,
    ...staged(jwtStaged, 'jwtStaged', ownProviders),
    ...staged(jwtProvidersStaged, 'jwtProvidersStaged', true),
  ]
}

const failureOf = (error: string, origin: Origin): Failure => ({
  reason: `*jwt.plugin: ${error}`,
  advice: `jwt (${placeOf(origin)}) is wrong: ${error}. Correct it.`,
})

const failed = (error: string, origin: Origin): PolicyResult<Jwt> => ({
  policy: undefined,
  failures: [failureOf(error, origin)],
})

function translateSetting(scope: Scope, setting: JwtSetting): PolicyResult<Jwt> {
  const { config, origin, holdsProviders, isKnown } = setting
  if (!isKnown) return failed('there is no such stage', origin)
  if (!holdsProviders) {
    return failed('a route takes providers from jwtProvidersStaged only', origin)
  }
  const id = `jwt/${idOf(origin)}`
  const unknown = findUnknownField(config, JwtProviders)
  if (unknown !== undefined) return failed(`the field ${unknown} is not known`, origin)
  return scope.remember(id, [config], (inner): PolicyResult<Jwt> => {
    const providers: JwtProvider[] = []
    for (const [name, provider] of Object.entries(config.providers ?? {})) {
      const translated = translateProvider(inner, name, provider, origin)
      if (isWrong(translated)) return failed(`provider '${name}': ${translated.error}`, origin)
      providers.push(translated)
    }
    if (providers.length === 0) return failed('it has no providers', origin)
    const otherwise = otherwiseOf(config)
    const policy: Jwt = {
      ...{ type: 'jwt', id, origin, providers, otherwise, metadataNamespace },
      ...(setting.stage === 'beforeExtAuth' && { stage: 'early' }),
    }
    return { policy, failures: [] }
  })
}

function otherwiseOf({ validationPolicy, allowMissingOrFailedJwt }: JwtProviders) {
  switch (validationPolicy) {
    case 'ALLOW_MISSING':
      return 'allow-missing'
    case 'ALLOW_MISSING_OR_FAILED':
      return 'allow-missing-or-failed'
    case 'REQUIRE_VALID':
      return 'refuse'
    default:
      return allowMissingOrFailedJwt ? 'allow-missing-or-failed' : 'refuse'
  }
}

/** As requests pass the stages. */
const orderOf = ({ stage }: JwtSetting) => (stage === 'beforeExtAuth' ? 0 : 1)

const saysMore = (config: JwtProviders) => Object.keys(config).some((name) => name !== 'disable')

/** What a virtual host demands of tokens. */
export const jwtOfVirtualHost = (
  scope: Scope,
  options: OptionSet<JwtOptions>,
  fallback: Origin,
): readonly StagedJwt[] =>
  settingsOf(options, fallback, 'virtual-host')
    .filter(({ config, isKnown }) => !isKnown || config.disable !== true)
    .toSorted((left, right) => orderOf(left) - orderOf(right))
    .map((setting) => ({ stage: setting.stage, result: translateSetting(scope, setting) }))

/** What a route demands: its own in each stage that it says something of, else that of its virtual host. */
export function jwtOfRoute(
  scope: Scope,
  options: OptionSet<JwtOptions>,
  fallback: Origin,
  inherited: readonly StagedJwt[],
): { readonly own: readonly PolicyResult<Jwt>[]; readonly inherited: readonly StagedJwt[] } {
  const settings = settingsOf(options, fallback, 'route')
  const isOff = (stage: Stage) =>
    settings.some(
      (setting) => setting.stage === stage && setting.isKnown && setting.config.disable === true,
    )
  // A field that turns nothing off and names nothing leaves the virtual host's word in force.
  const own = settings.filter(
    ({ stage, config, holdsProviders, isKnown }) =>
      !isOff(stage) && (holdsProviders || !isKnown || saysMore(config)),
  )
  const isOwn = (stage: Stage) => own.some((setting) => setting.stage === stage)
  return {
    own: own
      .toSorted((left, right) => orderOf(left) - orderOf(right))
      .map((setting) => translateSetting(scope, setting)),
    inherited: inherited.filter(({ stage }) => !isOff(stage) && !isOwn(stage)),
  }
}
