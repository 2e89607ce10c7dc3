// Composition root of the commands: reads flags and environment, and loads what the command needs.
import { randomUUID } from 'node:crypto'
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { extname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { ClientCommandParts } from './cli/client-parts.ts'
import type { ServeOptions } from './cli/serve/serve-options.ts'
import { resolveOwnModules } from './lib/modules/resolve-own-modules.ts'

// Gateway threads learn of the cache from the environment that they inherit.
const { NODE_COMPILE_CACHE: ownCache, XDG_CACHE_HOME: cacheHome } = process.env
const cache = enableCompileCache(
  ownCache ?? join(cacheHome ?? join(homedir(), '.cache'), 'sluice', 'compiled'),
)
if (cache.directory !== undefined) process.env['NODE_COMPILE_CACHE'] ??= cache.directory
// So that `ps`, and the message of a second one that finds its ports taken, name it.
process.title = 'sluice'
resolveOwnModules(new URL('.', import.meta.url))

const { runProgram } = await import('./cli/program.ts')
const { messageOf } = await import('./lib/message-of.ts')
const { readVersion } = await import('./lib/version.ts')

const terminal = {
  out: (output: string) => void process.stdout.write(output),
  err: (output: string) => void process.stderr.write(output),
}
const version = readVersion()

async function serve(options: ServeOptions, simulated: boolean): Promise<void> {
  const entry = new URL(`./worker${extname(import.meta.filename)}`, import.meta.url)
  const { startGatewayThreads } = await import('./link/gateway-threads.ts')
  const spawnThread = startGatewayThreads(entry, options.workers)
  const { runControl } = await import('./serve/run-control.ts')
  const { env: environment } = process
  await runControl(options, { simulated, version, terminal, spawnThread, environment })
}

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}

const clientCommandParts = (): ClientCommandParts => ({
  version,
  terminal,
  environment: process.env,
  workingDirectory: process.cwd(),
  homeDirectory: homedir(),
  now: Date.now,
  randomId: randomUUID,
  readStandardInput: () => text(process.stdin),
  untilStopped,
  async loadKinds() {
    const { dialects } = await import('./dialects/index.ts')
    const { translateDry, translateDryListeners } = await import(
      './control/translation/dry-translation.ts'
    )
    return {
      kinds: dialects.flatMap((dialect) => dialect.kinds),
      translate: (objects) => translateDry(dialects, objects),
      describeListeners: (objects) => translateDryListeners(dialects, objects),
    }
  },
})

// A gateway serves on when nobody reads what it says.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

const exitCode = await runProgram(
  process.argv.slice(2),
  {
    version,
    serve: (options) => serve(options, false),
    dev: (options) => serve(options, true),
    async addClientCommands(program) {
      // A reader that has seen enough, as in `sluice get | head`, is no failure worth a stack trace.
      process.stdout.on('error', ({ code }: NodeJS.ErrnoException) =>
        process.exit(code === 'EPIPE' ? 0 : 1),
      )
      const { addClientCommands } = await import('./cli/client-commands.ts')
      addClientCommands(program, clientCommandParts())
    },
  },
  terminal,
).catch((error: unknown) => {
  terminal.err(`sluice: ${messageOf(error)}\n`)
  return 1
})
// What stands in a pipe's buffer would be lost by leaving at once.
await new Promise<void>((resolve) => process.stdout.write('', () => resolve()))
process.exit(exitCode)
