import { resolve } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { StartedSimulator } from '../../simulator/start-simulator.ts'
import type { ClientCommandParts } from '../client-parts.ts'
import { CommandError } from '../command-error.ts'
import { simulatorFlags } from '../serve/serve-options.ts'

interface SimulateFlags {
  readonly address: string
  readonly port: number
  readonly controlPort: number
  readonly dataDir: string
  readonly timeToFirstToken: number
  readonly interTokenLatency: number
}

/** `sluice simulate` */
export function createSimulateCommand(parts: ClientCommandParts): Command {
  const command = new Command('simulate')
    .description('only the simulated providers of language models, over TLS')
    .addOption(
      new Option('--address <address>', 'address that the providers listen on')
        .default('127.0.0.1')
        .env('SLUICE_SIMULATOR_ADDRESS'),
    )
    .addOption(portOption('--port <port>', 'port that the providers listen on', 8443))
    .addOption(portOption('--control-port <port>', 'port of the request log (0: any free one)', 0))
    .addOption(
      new Option(
        '--data-dir <dir>',
        'where the certificate authority is kept; ":memory:" keeps none',
      )
        .default('.sluice')
        .env('SLUICE_DATA_DIR'),
    )
    .addHelpText(
      'after',
      `
Examples:
  sluice simulate
  sluice simulate --time-to-first-token 300 --inter-token-latency 20`,
    )
  for (const flag of simulatorFlags()) command.addOption(flag)
  return command.action((flags: SimulateFlags) => simulate(flags, parts))
}

function portOption(flags: string, description: string, fallback: number): Option {
  return new Option(flags, description).default(fallback).argParser((text) => {
    const port = Number(text)
    if (Number.isInteger(port) && port >= 0 && port <= 65_535 && text.trim() !== '') return port
    throw new InvalidArgumentError('Write a port from 0 to 65535.')
  })
}

async function simulate(flags: SimulateFlags, parts: ClientCommandParts): Promise<void> {
  const inMemory = flags.dataDir === ':memory:'
  const folder = resolve(parts.workingDirectory, flags.dataDir)
  const { startSimulator } = await import('../../simulator/start-simulator.ts')
  const simulator = await startSimulator({
    ...{ address: flags.address, port: flags.port, controlPort: flags.controlPort },
    ...{ now: parts.now, ...(inMemory ? {} : { authorityFolder: folder }) },
    timeToFirstTokenMs: flags.timeToFirstToken,
    interTokenLatencyMs: flags.interTokenLatency,
  }).catch((error: unknown) => {
    throw explainStart(error, flags)
  })
  try {
    const certificate = inMemory ? undefined : resolve(folder, 'ca.crt')
    parts.terminal.out(describe(simulator, certificate))
    await parts.untilStopped()
  } finally {
    await simulator.close()
  }
}

function explainStart(error: unknown, { address, port, controlPort }: SimulateFlags): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const place = `${address}:${port}`
  if (code === 'EADDRINUSE') {
    const control = controlPort === 0 ? '' : ` or the port ${controlPort}`
    return new CommandError(
      `${place}${control} is in use; choose another with --port or --control-port`,
    )
  }
  if (code === 'EACCES') {
    return new CommandError(`this user may not listen on ${place}; choose a port from 1024 on`)
  }
  if (code === 'EADDRNOTAVAIL') {
    return new CommandError(`this machine has no address ${address}; choose another with --address`)
  }
  return error
}

function describe(simulator: StartedSimulator, certificateFile: string | undefined): string {
  const { address, port, hosts, controlUrl, authorityCertificate } = simulator
  const [host = 'api.openai.com'] = hosts
  const trust = certificateFile === undefined ? '--insecure' : `--cacert ${certificateFile}`
  const lines = [
    `Simulated providers listen on https://${address}:${port} for`,
    ...hosts.map((name) => `  ${name}`),
    `Requests that arrived: ${controlUrl}/requests`,
    ...(certificateFile === undefined
      ? ['Their certificate is signed by this authority:', authorityCertificate.trim()]
      : [`Their certificate is signed by ${certificateFile}`]),
    '',
    'Try:',
    `  curl ${trust} --connect-to ${host}:443:${address}:${port} https://${host}/v1/chat/completions \\`,
    `    -H 'authorization: Bearer sk-simulated-0000000000000000' -H 'content-type: application/json' \\`,
    `    -d '{"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello"}]}'`,
    '',
    'Ctrl-C ends it.',
  ]
  return `${lines.join('\n')}\n`
}
