import type { Backend } from '../../../../ir/backend.ts'
import type { Origin } from '../../../../ir/origin.ts'
import type { BodyDefaults } from '../../../../ir/policies/body-defaults.ts'
import type { PromptEnrichment } from '../../../../ir/policies/prompt-enrichment.ts'
import type { PolicyConfig } from '../../../../ir/policy.ts'
import type { ModelCallOptions } from '../../../../ir/route.ts'
import { type RouteAi, withoutEffect } from '../../kinds/ai/route-ai.ts'
import { fieldOf, idOf } from '../place.ts'
import type { Scope } from '../source.ts'
import { translatePromptGuard } from './prompt-guard.ts'

/** What the `ai` options of a route make. */
export interface ModelOptions {
  /** In the order in which requests pass them. */
  readonly policies: readonly PolicyConfig[]
  readonly backends: readonly Backend[]
  readonly calls: ModelCallOptions
  /** The route must not be served; each begins with the field. */
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
}

/** Where Gloo's AI extension puts what it knows of a call, and where templates and logs look for it. */
const metadataNamespace = 'ai.gloo.solo.io'

/** Where it tells Envoy's rate limits how many tokens a call counts for. */
const chargeMetadata = { namespace: 'envoy.ratelimit', key: 'hits_addend' }

/** Translates the `ai` options that stand at `origin`. */
export function translateModelOptions(scope: Scope, ai: RouteAi, origin: Origin): ModelOptions {
  const errors: string[] = []
  const guard =
    ai.promptGuard && translatePromptGuard(scope, ai.promptGuard, fieldOf(origin, 'promptGuard'))
  const policies = [
    guard?.policy,
    bodyDefaultsOf(ai.defaults ?? [], fieldOf(origin, 'defaults'), errors),
    enrichmentOf(ai.promptEnrichment ?? {}, fieldOf(origin, 'promptEnrichment'), errors),
  ].filter((policy) => policy !== undefined)
  const backupModels = ai.backupModels ?? []
  if (backupModels.includes('')) errors.push('backupModels: a model has no name')
  return {
    policies,
    backends: guard?.backends ?? [],
    calls: {
      alwaysStream: ai.routeType === 'CHAT_STREAMING',
      backupModels,
      allowUnknownEndpoints: false,
      metadataNamespace,
      chargeMetadata,
    },
    errors: [...(guard?.errors ?? []), ...errors],
    warnings: [...(guard?.warnings ?? []), ...ignoredFields(ai)],
  }
}

const ignoredFields = (ai: RouteAi) =>
  (['rag', 'semanticCache'] as const)
    .filter((field) => ai[field] !== undefined)
    .map((field) => `${field} has no effect: ${withoutEffect[field]}`)

function bodyDefaultsOf(
  defaults: NonNullable<RouteAi['defaults']>,
  origin: Origin,
  errors: string[],
): BodyDefaults | undefined {
  if (defaults.length === 0) return undefined
  const fields = defaults.map(({ field = '', value, override = false }, index) => {
    if (field === '') errors.push(`defaults[${index}].field must be set`)
    if (value === undefined) errors.push(`defaults[${index}].value must be set`)
    return { field, value, override }
  })
  return { type: 'body-defaults', id: `body-defaults/${idOf(origin)}`, origin, fields }
}

/** Who may speak in a message of any provider; each of them knows some of these. */
const roles = ['system', 'developer', 'user', 'assistant', 'model', 'tool', 'function']

type Messages = NonNullable<NonNullable<RouteAi['promptEnrichment']>['prepend']>

function enrichmentOf(
  { prepend = [], append = [] }: NonNullable<RouteAi['promptEnrichment']>,
  origin: Origin,
  errors: string[],
): PromptEnrichment | undefined {
  if (prepend.length + append.length === 0) return undefined
  const read = (messages: Messages, field: string) =>
    messages.map(({ role = '', content = '' }, index) => {
      const place = `promptEnrichment.${field}[${index}]`
      // Manifests say SYSTEM, providers want system.
      const spoken = role.toLowerCase()
      if (role === '') errors.push(`${place}.role must be set`)
      else if (!roles.includes(spoken)) errors.push(`${place}.role: ${unknownRole(role)}`)
      return { role: spoken, content }
    })
  return {
    type: 'prompt-enrichment',
    id: `prompt-enrichment/${idOf(origin)}`,
    origin,
    prepend: read(prepend, 'prepend'),
    append: read(append, 'append'),
  }
}

const unknownRole = (role: string) =>
  `${JSON.stringify(role)} is no role: use ${roles.join(', ').toUpperCase()}`
