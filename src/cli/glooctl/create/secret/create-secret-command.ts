import { Command } from 'commander'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import type { ClientCommandParts } from '../../../client-parts.ts'
import { secretTable } from '../../get/secret-table.ts'
import { secretType } from '../../resources.ts'
import { createAndPrint, metadataOf } from '../create-flags.ts'
import { apiKeySecret } from './api-key-secret.ts'
import { headerSecret } from './header-secret.ts'
import type { SecretRecipe } from './secret-recipe.ts'
import { tlsSecret } from './tls-secret.ts'

/** `glooctl create secret TYPE NAME …` */
export function createSecretCommand(parts: ClientCommandParts): Command {
  return new Command('secret')
    .aliases(['s', 'secrets'])
    .description('create a secret')
    .addCommand(recipeCommand(headerSecret, parts))
    .addCommand(recipeCommand(apiKeySecret, parts))
    .addCommand(recipeCommand(tlsSecret, parts))
}

function recipeCommand<Flags>(recipe: SecretRecipe<Flags>, parts: ClientCommandParts): Command {
  return recipe
    .addFlags(new Command(recipe.name))
    .description(recipe.description)
    .argument('[name]', 'name of the secret')
    .addHelpText('after', `\nExamples:\n${recipe.examples}`)
    .action(async (name: string | undefined, flags: Flags, command: Command) => {
      const metadata = metadataOf(command, name)
      const { type, stringData, labels } = recipe.read(flags, parts)
      const object: KubeObject = {
        ...{ apiVersion: 'v1', kind: 'Secret' },
        metadata: { ...metadata, ...(labels === undefined ? {} : { labels }) },
        ...{ type, stringData },
      }
      await createAndPrint(command, parts, { type: secretType, table: secretTable, object })
    })
}
