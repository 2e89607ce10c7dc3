import { Command } from 'commander'
import { createCheckCommand } from './check/create-check-command.ts'
import type { ClientCommandParts } from './client-parts.ts'
import { createCreateCommand } from './create/create-create-command.ts'
import { createGetCommand } from './get/create-get-command.ts'
import { createGlooctlCommand } from './glooctl/create-glooctl-command.ts'
import { createSimulateCommand } from './simulate/create-simulate-command.ts'

/** Adds `glooctl`, `get`, `check`, `create`, `simulate` and `version`: what is no gateway by itself. */
export function addClientCommands(program: Command, parts: ClientCommandParts): void {
  program.addCommand(createGlooctlCommand(parts))
  program.addCommand(createGetCommand(parts))
  program.addCommand(createCheckCommand(parts))
  program.addCommand(createCreateCommand(parts))
  program.addCommand(createSimulateCommand(parts))
  program.addCommand(
    new Command('version')
      .description('print the version')
      .action(() => parts.terminal.out(`sluice ${parts.version}\n`)),
  )
}
