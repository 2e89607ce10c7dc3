// Composition root of the control side: reads flags and environment, constructs the parts and connects them.
import { enableCompileCache } from 'node:module'
import type { ServeOptions } from './cli/serve-options.ts'

enableCompileCache()

const { runProgram } = await import('./cli/program.ts')
const { readVersion } = await import('./lib/version.ts')

const terminal = {
  out: (text: string) => void process.stdout.write(text),
  err: (text: string) => void process.stderr.write(text),
}

async function serve(options: ServeOptions, simulated: boolean): Promise<void> {
  const { runControl } = await import('./serve.ts')
  await runControl(options, { simulated, version: readVersion(), terminal })
}

const exitCode = await runProgram(
  process.argv.slice(2),
  {
    version: readVersion(),
    serve: (options) => serve(options, false),
    dev: (options) => serve(options, true),
    addClientCommands: async () => undefined,
  },
  terminal,
)
process.exit(exitCode)
