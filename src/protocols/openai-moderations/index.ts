import { createInputFormat } from '../shared/openai/input-format.ts'

/** Moderations: texts are judged, none is answered. */
export const openAiModerations = createInputFormat({
  name: 'openai-moderations',
  textless: [],
  list: 'results',
})
