import { Command, CommanderError } from 'commander'
import { CommandError } from './command-error.ts'
import type { ServeOptions } from './serve/serve-options.ts'

export interface Terminal {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/** What the commands need that only the composition root has. */
export interface ProgramActions {
  readonly version: string
  serve(options: ServeOptions): Promise<void>
  dev(options: ServeOptions): Promise<void>
  /** Adds the commands that speak to a running Sluice or read files; loaded only when one of them is asked for. */
  addClientCommands(program: Command): Promise<void>
}

/**
 * Runs the command line and resolves with the exit code. Commands that keep running (`serve`, `dev`) resolve
 * when they have stopped.
 */
export async function runProgram(
  parameters: readonly string[],
  actions: ProgramActions,
  terminal: Terminal,
): Promise<number> {
  const program = new Command('sluice')
    .description('An AI gateway that speaks the manifests platform teams already have.')
    .version(actions.version, '--version', 'print the version')
    .showHelpAfterError('(sluice --help lists the commands)')
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .exitOverride()
  const { createServeCommand } = await import('./serve/serve-options.ts')
  program.addCommand(createServeCommand(true, actions.dev))
  program.addCommand(createServeCommand(false, actions.serve))
  const first = parameters[0] ?? ''
  if (first !== 'dev' && first !== 'serve') await actions.addClientCommands(program)
  inheritSettings(program)
  const glooctl = first === 'glooctl' ? takeGlooctl(program) : undefined
  try {
    const rest = glooctl === undefined ? parameters : parameters.slice(1)
    await (glooctl ?? program).parseAsync([...rest], { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    if (!(error instanceof CommandError)) throw error
    terminal.err(`${glooctl === undefined ? 'sluice' : 'Error'}: ${error.message}\n`)
    return 1
  }
}

function inheritSettings(parent: Command, path = parent.name()): void {
  for (const command of parent.commands) {
    const name = `${path} ${command.name()}`
    command.copyInheritedSettings(parent).showHelpAfterError(`(${name} --help shows what it takes)`)
    inheritSettings(command, name)
  }
}

/** The command as a program of its own, so that its help names it as people call it. */
function takeGlooctl(program: Command): Command | undefined {
  const glooctl = program.commands.find((command) => command.name() === 'glooctl')
  if (glooctl === undefined) return undefined
  glooctl.parent = null
  glooctl.showHelpAfterError('(glooctl --help lists the commands)').configureHelp({
    showGlobalOptions: true,
  })
  inheritSettings(glooctl)
  return glooctl
}
