import type { Static } from 'typebox'
import { choice, flag, list, object, text } from '../../../field.ts'
import { Type } from '../../../type.ts'
import { honoured } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'
import { ignoredTree } from '../fields/scalars.ts'
import { PromptGuard } from './prompt-guard.ts'

/** Fields that have no effect, and what that means. */
export const withoutEffect = {
  rag: 'prompts are not augmented with retrieved documents yet',
  semanticCache: 'answers are not cached yet',
} as const

const messages = (description: string) =>
  honoured(
    behaviours.aiEnrichment,
    list(
      description,
      object('A message.', { role: text('Such as SYSTEM, in any case.'), content: text('Text.') }),
    ),
  )

/** `RouteSettings` of projects/gloo/api/v1/enterprise/options/ai/ai.proto, with fields of earlier releases. */
export const RouteAi = object('How language models are called.', {
  routeType: honoured(
    behaviours.aiRouteType,
    choice('Whether answers are always streams.', ['CHAT', 'CHAT_STREAMING']),
  ),
  defaults: honoured(
    behaviours.aiDefaults,
    list(
      'Fields of the request.',
      object('A field.', {
        field: text('Its name.'),
        value: Type.Unsafe<unknown>({
          description: 'Any JSON value.',
          nullable: true,
          'x-kubernetes-preserve-unknown-fields': true,
        }),
        override: flag('Whether it replaces what the client sends.'),
      }),
    ),
  ),
  promptEnrichment: object('Messages beside those of the client.', {
    prepend: messages('Before those of the client.'),
    append: messages('After those of the client.'),
  }),
  promptGuard: PromptGuard,
  rag: ignoredTree(withoutEffect.rag),
  semanticCache: ignoredTree(withoutEffect.semanticCache),
  backupModels: honoured(
    behaviours.aiBackupModels,
    list('Models that are asked when the one before them fails.', text('A model.')),
  ),
})
export type RouteAi = Static<typeof RouteAi>
