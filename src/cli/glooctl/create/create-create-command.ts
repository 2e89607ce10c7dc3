import { Command } from 'commander'
import type { ClientCommandParts } from '../../client-parts.ts'
import { addCreateFlags } from './create-flags.ts'
import { createUpstreamCommand } from './create-upstream-command.ts'
import { createSecretCommand } from './secret/create-secret-command.ts'

/** `glooctl create KIND …` */
export function createCreateCommand(parts: ClientCommandParts): Command {
  const command = addCreateFlags(
    new Command('create').alias('c').description('create a secret or an Upstream'),
  )
  command.addCommand(createSecretCommand(parts))
  command.addCommand(createUpstreamCommand(parts))
  return command.addHelpText(
    'after',
    `
Examples:
  glooctl create secret header openai-secret --headers "Authorization"="Bearer $OPENAI_API_KEY" -n default
  glooctl create upstream static openai --static-hosts api.openai.com:443 -n default
  glooctl create secret tls gateway-tls --certchain tls.crt --privatekey tls.key --dry-run`,
  )
}
