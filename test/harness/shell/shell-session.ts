import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { waitUntil } from '../wait-until.ts'

/** What one piece of script said on both outputs, and how its last command ended. */
export interface ShellAnswer {
  readonly code: number
  readonly output: string
}

/** One shell that stays open, so that what a piece of script sets is there for the next. */
export interface ShellSession {
  run(script: string): Promise<ShellAnswer>
  close(): Promise<void>
}

export interface ShellOptions {
  /** Where it starts, and where the scripts are kept. */
  readonly folder: string
  readonly shell?: string
  /** A command that the shell is started by, such as `setpriv …`. */
  readonly prefix?: readonly string[]
}

/** Opens a shell such as a person has: of the environment only the path of the system, and a home of its own. */
export function openShell({ folder, shell = 'bash', prefix = [] }: ShellOptions): ShellSession {
  const [program = shell, ...parameters] = [...prefix, shell]
  const child = spawn(program, parameters, {
    cwd: folder,
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: folder },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  let count = 0
  return {
    async run(script) {
      const end = `end-${randomUUID()}`
      const file = join(folder, `script-${count++}.sh`)
      writeFileSync(file, script, { mode: 0o644 })
      output = ''
      child.stdin.write(`. '${file}' </dev/null; echo "${end}:$?"\n`)
      const pattern = new RegExp(`${end}:(\\d+)\\n`)
      const match = await waitUntil(`the end of:\n${script}`, () => {
        if (child.exitCode !== null) throw new Error(`the shell ended:\n${output}`)
        return pattern.exec(output) ?? undefined
      })
      return { code: Number(match[1]), output: output.replace(match[0], '') }
    },
    async close() {
      if (child.exitCode !== null) return
      child.stdin.end()
      await once(child, 'exit')
    },
  }
}

/** The shell blocks (```bash) of a Markdown text, in order and unchanged. */
export function shellBlocksOf(markdown: string): string[] {
  return [...markdown.matchAll(/^```bash\n(.*?)^```$/gms)].map((match) => match[1] ?? '')
}
