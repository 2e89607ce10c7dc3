import type { Command } from 'commander'
import type { ClientCommandParts } from '../../../client-parts.ts'

/** What a secret holds; the rest of the object is the same for all. */
export interface SecretContent {
  readonly type: string
  readonly stringData: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
}

/** One kind of secret that can be created. */
export interface SecretRecipe<Flags> {
  readonly name: string
  readonly description: string
  readonly examples: string
  addFlags(command: Command): Command
  read(flags: Flags, parts: ClientCommandParts): SecretContent
}
