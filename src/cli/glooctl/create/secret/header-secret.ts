import { CommandError } from '../../../command-error.ts'
import { parseNameValues, splitList } from '../name-value-list.ts'
import type { SecretRecipe } from './secret-recipe.ts'

interface HeaderFlags {
  readonly headers?: readonly string[]
}

/** A secret whose entries become request headers. */
export const headerSecret: SecretRecipe<HeaderFlags> = {
  name: 'header',
  description: 'a secret whose entries become request headers (headerSecretRef)',
  examples: `  glooctl create secret header hftoken --headers "Authorization"="Bearer $HF_API_TOKEN" -n default
  glooctl create secret header keys --headers x-api-key=abc,x-team=search`,
  addFlags: (command) =>
    command.option(
      '--headers <entries>',
      'comma-separated list of header name=value entries (repeatable)',
      (text: string, previous: readonly string[] | undefined) => [
        ...(previous ?? []),
        ...splitList(text),
      ],
    ),
  read: ({ headers = [] }, { terminal }) => {
    if (headers.length === 0) {
      throw new CommandError(
        'must provide headers, such as --headers "Authorization"="Bearer TOKEN"',
      )
    }
    const values = parseNameValues('--headers', headers)
    for (const [name, value] of values) {
      checkHeader(name, value)
      if (/^(?:Bearer|Basic)?\s*$/.test(value)) {
        terminal.err(`Warning: header ${name} holds no credential: is the variable set?\n`)
      }
    }
    return { type: 'gloo.solo.io/header', stringData: Object.fromEntries(values) }
  },
}

/** Names are keys of a Secret, too, which excludes some that HTTP allows. */
function checkHeader(name: string, value: string): void {
  if (!/^[-._a-zA-Z0-9]+$/.test(name)) {
    throw new CommandError(
      `${JSON.stringify(name)} is no header name that a secret can hold: use letters, digits, "-", "_" and "."`,
    )
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they would end the header.
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) {
    throw new CommandError(
      `the value of header ${name} has a line break or another control character, which no header can hold`,
    )
  }
}
