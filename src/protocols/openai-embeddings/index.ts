import { createInputFormat } from '../shared/openai/input-format.ts'

/** Embeddings; the answers hold numbers and no text. */
export const openAiEmbeddings = createInputFormat({
  name: 'openai-embeddings',
  textless: ['user', 'encoding_format'],
  list: 'data',
})
