import { CommandError } from '../../../command-error.ts'
import { parseNameValues, splitList } from '../name-value-list.ts'
import type { SecretRecipe } from './secret-recipe.ts'

interface ApiKeyFlags {
  readonly apikey?: string
  readonly apikeyGenerate?: boolean
  readonly apikeyLabels?: readonly string[]
}

/** A secret with the API key of a client. */
export const apiKeySecret: SecretRecipe<ApiKeyFlags> = {
  name: 'apikey',
  description: 'a secret with the API key of a client (stored under the key api-key)',
  examples: `  glooctl create secret apikey team-a --apikey N2YwMDIxZTEtNGUzNS1jNzgz --apikey-labels team=a
  glooctl create secret apikey team-b --apikey-generate --apikey-labels team=b`,
  addFlags: (command) =>
    command
      .option('--apikey <key>', 'the key')
      .option('--apikey-generate', 'generate a key')
      .option(
        '--apikey-labels <labels>',
        'comma-separated labels of the secret (key=value), for AuthConfigs to select it by',
        splitList,
      ),
  read: ({ apikey = '', apikeyGenerate = false, apikeyLabels = [] }, { randomId }) => {
    if (apikey === '' && !apikeyGenerate) {
      throw new CommandError('ApiKey not provided or generated: use --apikey or --apikey-generate')
    }
    const key = apikey === '' ? Buffer.from(randomId()).toString('base64') : apikey
    const labels = Object.fromEntries(parseNameValues('--apikey-labels', apikeyLabels))
    return {
      ...{ type: 'extauth.solo.io/apikey', stringData: { 'api-key': key } },
      ...(apikeyLabels.length === 0 ? {} : { labels }),
    }
  },
}
