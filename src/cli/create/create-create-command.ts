import { Command } from 'commander'
import type { ClientCommandParts } from '../client-parts.ts'
import { createJwtCommand } from './create-jwt-command.ts'
import { createKeyPairCommand } from './create-key-pair-command.ts'

/** `sluice create …` */
export function createCreateCommand(parts: ClientCommandParts): Command {
  return new Command('create')
    .description('make tokens and keys for tests of JWT policies')
    .addCommand(createJwtCommand(parts))
    .addCommand(createKeyPairCommand(parts))
}
