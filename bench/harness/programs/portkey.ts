import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type BenchProcess, startPinned } from './bench-process.ts'
import { waitForPort } from './wait-for-port.ts'

const folder = join(import.meta.dirname, '../../peers/portkey')

/** Headers that make Portkey call the stand-in for OpenAI at `host:port`. */
export const portkeyHeaders = (upstream: string) => ({
  'x-portkey-provider': 'openai',
  'x-portkey-custom-host': `http://${upstream}/v1`,
})

/**
 * Starts Portkey's gateway of the npm registry on 127.0.0.1. It is installed on first use, without its install scripts, and with
 * the version of `@hono/node-server` in which its streams work.
 */
export async function startPortkey(core: string, port: number): Promise<BenchProcess> {
  if (!existsSync(join(folder, 'node_modules'))) {
    const parameters = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder]
    execFileSync('npm', parameters, { stdio: ['ignore', 'ignore', 'inherit'] })
  }
  const program = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js')
  const peer = startPinned(core, process.execPath, [program, `--port=${port}`, '--headless'], {
    NODE_ENV: 'production',
    TRUSTED_CUSTOM_HOSTS: '127.0.0.1',
  })
  peer.child.stdout?.resume()
  await waitForPort('127.0.0.1', port)
  return peer
}
