import { cpSync, readFileSync, symlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import { KubeClient } from '../../harness/kube-client.ts'
import { shellBlocksByHeading } from '../../harness/shell/readme-blocks.ts'
import { openShell, type ShellSession } from '../../harness/shell/shell-session.ts'
import {
  type SluiceOptions,
  type SluiceProcess,
  startSluice,
} from '../../harness/sluice-process.ts'
import { ConfigurationMarker } from './configuration-marker.ts'

const example = join(import.meta.dirname, '../../../examples/gloo-ai-gateway')
const sections = shellBlocksByHeading(readFileSync(join(example, 'README.md'), 'utf8'))

/** What the install script makes and git ignores. */
export const madeFiles = readFileSync(join(example, '.gitignore'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))

/** A Sluice, a copy of the example beside it, and the shell in which its README is typed. */
export class AiWalkthrough {
  readonly sluice: SluiceProcess
  readonly #shell: ShellSession
  readonly #marker: ConfigurationMarker

  private constructor(sluice: SluiceProcess, shell: ShellSession) {
    this.sluice = sluice
    this.#shell = shell
    this.#marker = new ConfigurationMarker(new KubeClient(sluice))
  }

  static async open(options: SluiceOptions): Promise<AiWalkthrough> {
    const sluice = await startSluice(options)
    symlinkSync('data', join(sluice.folder, '.sluice'))
    // Without what somebody who has walked here before has left.
    cpSync(example, join(sluice.folder, 'examples/gloo-ai-gateway'), {
      recursive: true,
      filter: (source) => !madeFiles.includes(relative(example, source)),
    })
    return new AiWalkthrough(sluice, openShell({ folder: sluice.folder }))
  }

  /** The copy of the example. */
  get folder(): string {
    return join(this.sluice.folder, 'examples/gloo-ai-gateway')
  }

  /** The shell blocks under a heading of the README. */
  blocksOf(heading: string): readonly string[] {
    const blocks = sections.get(heading)
    if (blocks === undefined) throw new Error(`The README has no section "${heading}".`)
    return blocks
  }

  /** Runs a block as it stands. */
  async run(block: string | undefined): Promise<string> {
    if (block === undefined) throw new Error('The README has no such block.')
    const { code, output } = await this.#shell.run(block)
    if (code !== 0) throw new Error(`${block}\nended with ${code}:\n${output}`)
    if (/^Warning:/m.test(output)) throw new Error(`${block}\nwarned:\n${output}`)
    return output
  }

  /** Runs a block that changes the configuration, and waits until the gateway has taken it. */
  async apply(block: string | undefined): Promise<string> {
    const output = await this.run(block)
    await this.#marker.pass()
    return output
  }

  async close(): Promise<void> {
    await this.#shell.close()
    await this.sluice.stop()
  }
}

/** The texts that the `data:` events of a streamed answer add, joined; what curl says beside them is left out. */
export function streamedText(output: string): string {
  return output
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => {
      const event = JSON.parse(line.slice('data: '.length)) as {
        choices?: { delta?: { content?: string | null } }[]
      }
      return event.choices?.[0]?.delta?.content ?? ''
    })
    .join('')
}
