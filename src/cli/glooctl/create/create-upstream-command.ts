import { Command } from 'commander'
import { parseSocketAddress } from '../../../lib/http/socket-address.ts'
import type { ClientCommandParts } from '../../client-parts.ts'
import { CommandError } from '../../command-error.ts'
import { upstreamTable } from '../get/upstream-table.ts'
import { upstreamType } from '../resources.ts'
import { createAndPrint, metadataOf } from './create-flags.ts'
import { splitList } from './name-value-list.ts'

interface StaticFlags {
  readonly staticHosts?: readonly string[]
  readonly staticOutboundTls?: string | true
  readonly useTls?: true
}

/** `glooctl create upstream static NAME --static-hosts …` */
export function createUpstreamCommand(parts: ClientCommandParts): Command {
  const command = new Command('static')
    .description('an Upstream with fixed hosts')
    .argument('[name]', 'name of the Upstream')
    .option(
      '--static-hosts <hosts>',
      'comma-separated HOST:PORT (port 80 where there is none); repeatable',
      (text: string, previous: readonly string[] | undefined) => [
        ...(previous ?? []),
        ...splitList(text),
      ],
    )
    .option(
      '--static-outbound-tls [true|false]',
      'use TLS towards the hosts (default: for port 443)',
    )
    .option('--use-tls', 'the same as --static-outbound-tls')
    .addHelpText(
      'after',
      '\nExamples:\n  glooctl create upstream static openai --static-hosts api.openai.com:443 --static-outbound-tls -n default',
    )
    .action(async (name: string | undefined, flags: StaticFlags, self: Command) => {
      const metadata = metadataOf(self, name)
      const spec = { static: readStatic(flags) }
      const object = { apiVersion: 'gloo.solo.io/v1', kind: 'Upstream', metadata, spec }
      await createAndPrint(self, parts, { type: upstreamType, table: upstreamTable, object })
    })
  return new Command('upstream')
    .aliases(['u', 'us', 'upstreams'])
    .description('create an Upstream')
    .addCommand(command)
}

function readStatic({ staticHosts = [], staticOutboundTls, useTls }: StaticFlags) {
  if (staticHosts.length === 0) {
    throw new CommandError(
      'must provide at least 1 host for static upstream: --static-hosts api.openai.com:443',
    )
  }
  const tls = useTls ?? readBoolean(staticOutboundTls)
  return { hosts: staticHosts.map(readHost), ...(tls === undefined ? {} : { useTls: tls }) }
}

function readBoolean(value: string | true | undefined): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value
  if (value === 'true' || value === 'false') return value === 'true'
  throw new CommandError('--static-outbound-tls is true or false')
}

function readHost(text: string): { readonly addr: string; readonly port: number } {
  if (/^[^:[\]\s/]+$/.test(text)) return { addr: text, port: 80 }
  const address = parseSocketAddress(text)
  if (address !== undefined && address.port > 0) return { addr: address.host, port: address.port }
  throw new CommandError(
    `${JSON.stringify(text)} is no host: format must be IP:PORT or HOSTNAME:PORT eg www.google.com or www.google.com:80`,
  )
}
