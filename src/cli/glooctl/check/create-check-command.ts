import { Command, CommanderError } from 'commander'
import type { KubeObject } from '../../../kube/kube-object.ts'
import type { ApiClient } from '../../api/api-client.ts'
import { isUnserved } from '../../api/api-error.ts'
import { connect } from '../../api/connect.ts'
import { namespaceType } from '../../api/resource-type.ts'
import type { ClientCommandParts } from '../../client-parts.ts'
import { CommandError } from '../../command-error.ts'
import { printable } from '../../table/printable.ts'
import { splitList } from '../create/name-value-list.ts'
import { addNamespaceFlag, glooNamespace, namespaceOf } from '../namespace-flag.ts'
import { type CheckSection, checkSections } from './sections.ts'

interface CheckFlags {
  readonly output: string
  readonly exclude: readonly string[]
  readonly resourceNamespaces: readonly string[]
}

/** `glooctl check` */
export function createCheckCommand(parts: ClientCommandParts): Command {
  const command = new Command('check')
    .description('check Gloo resources for errors; exit 1 when there are any')
    .option('-o, --output <format>', 'table or json', 'table')
    .option(
      '-x, --exclude <checks>',
      `checks to leave out: ${checkSections.map(({ key }) => key).join(', ')}`,
      splitList,
      [],
    )
    .option('-r, --resource-namespaces <names>', 'look into these namespaces only', splitList, [])
    .addHelpText('after', '\nKinds that the server does not know are left out.')
    .action(async (_flags: CheckFlags, self: Command) => {
      const flags = self.opts<CheckFlags>()
      if (flags.output !== 'table' && flags.output !== 'json') {
        throw new CommandError('Invalid output type. Only table (default) and json are supported.')
      }
      const out = flags.output === 'table' ? parts.terminal.out : () => undefined
      const run = new CheckRun(connect(self, parts), namespaceOf(self), flags, out)
      const result = await run.run()
      if (flags.output === 'json') parts.terminal.out(`${JSON.stringify(result)}\n`)
      if (result.errors.length === 0) return
      if (flags.output === 'json') throw new CommanderError(1, 'sluice.problems', '')
      throw new CommandError(describeErrors(result.errors))
    })
  return addNamespaceFlag(command)
}

interface CheckResult {
  readonly resources: { readonly name: string; readonly status: string }[]
  readonly messages: string[]
  readonly errors: string[]
}

class CheckRun {
  readonly #client: ApiClient
  readonly #namespace: string
  readonly #flags: CheckFlags
  readonly #out: (text: string) => void
  readonly #known = new Map<string, readonly KubeObject[]>()

  constructor(
    client: ApiClient,
    namespace: string,
    flags: CheckFlags,
    out: (text: string) => void,
  ) {
    this.#client = client
    this.#namespace = namespace
    this.#flags = flags
    this.#out = out
  }

  async run(): Promise<CheckResult> {
    const result: CheckResult = { resources: [], messages: [], errors: [] }
    await this.#requireNamespace()
    for (const section of checkSections) {
      if (this.#flags.exclude.includes(section.key)) continue
      const objects = await this.#read(section)
      if (objects === undefined) continue
      this.#known.set(section.type.plural, objects)
      const problems = section.findProblems(objects, this.#known)
      const status = problems.length === 0 ? 'OK' : `${problems.length} Errors!`
      this.#out(`Checking ${section.name}... ${status}\n`)
      result.resources.push({ name: section.name, status })
      result.errors.push(...problems.map(printable))
    }
    if (result.errors.length === 0) {
      const message = 'No problems detected.'
      this.#out(`${message}\n`)
      result.messages.push(message)
    }
    return result
  }

  async #requireNamespace(): Promise<void> {
    const found = await this.#client.find(namespaceType, undefined, this.#namespace)
    if (found === undefined) throw new CommandError(describeMissing(this.#namespace))
  }

  /** Undefined when the server does not know the kind, or has none of it where none is no finding. */
  async #read({ type, installationOnly = false }: CheckSection) {
    const wanted = this.#flags.resourceNamespaces
    try {
      const objects = await this.#client.list(type, installationOnly ? this.#namespace : undefined)
      if (installationOnly || wanted.length === 0) return objects
      return objects.filter(({ metadata }) => wanted.includes(metadata.namespace ?? ''))
    } catch (error) {
      if (isUnserved(error)) return undefined
      throw error
    }
  }
}

function describeMissing(namespace: string): string {
  const advice =
    namespace === glooNamespace
      ? `Create it with "kubectl create namespace ${namespace}": the default Gateways and their Service come back with it.`
      : 'Name another one with -n, or leave -n out.'
  return `Gloo namespace does not exist: ${namespace}. ${advice}`
}

/** In the list form of github.com/hashicorp/go-multierror. */
function describeErrors(errors: readonly string[]): string {
  const head = errors.length === 1 ? '1 error occurred:' : `${errors.length} errors occurred:`
  return `${head}\n${errors.map((error) => `\t* ${error.replaceAll('\n', '\n\t  ')}\n`).join('')}`
}
