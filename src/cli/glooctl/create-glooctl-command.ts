import { Command } from 'commander'
import { addApiFlags } from '../api/connect.ts'
import type { ClientCommandParts } from '../client-parts.ts'
import { createAddCommand } from './add/create-add-command.ts'
import { createCheckCommand } from './check/create-check-command.ts'
import { createCreateCommand } from './create/create-create-command.ts'
import { createVersionCommand } from './create-version-command.ts'
import { createGetCommand } from './get/create-get-command.ts'
import { createProxyCommand } from './proxy/create-proxy-command.ts'

/** `glooctl`: the verbs that people know from Gloo, spoken to the Kubernetes API of Sluice or of a cluster. */
export function createGlooctlCommand(parts: ClientCommandParts): Command {
  const command = new Command('glooctl')
    .description(
      "Gloo's command line: reads and writes Upstreams, VirtualServices, secrets and more",
    )
    .addHelpText(
      'after',
      `
Examples:
  glooctl get upstream -n default
  glooctl create secret header hftoken --headers "Authorization"="Bearer $HF_API_TOKEN" -n default
  glooctl check
  curl $(glooctl proxy url)/`,
    )
  addApiFlags(command)
  for (const create of [
    createGetCommand,
    createCreateCommand,
    createAddCommand,
    createCheckCommand,
    createProxyCommand,
    createVersionCommand,
  ]) {
    command.addCommand(create(parts))
  }
  return command
}
