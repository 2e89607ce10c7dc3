import type { PromptEnrichment } from '../../ir/policies/prompt-enrichment.ts'
import type { PolicyModule } from '../policy.ts'

/** Adds an operator's messages around those of the client. A body without a place for messages goes as it is. */
export const promptEnrichment: PolicyModule<PromptEnrichment> = {
  type: 'prompt-enrichment',
  compile: ({ prepend, append }) => ({
    type: 'prompt-enrichment',
    readsModelCall: 'optional',
    onModelRequest(context, _call, request) {
      if (request.addMessages(prepend, append)) request.markChanged()
      else context.metadata.set('prompt-enrichment', { skipped: true })
      return undefined
    },
  }),
}
