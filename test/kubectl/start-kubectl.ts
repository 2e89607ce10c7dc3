import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { core } from '../../src/dialects/core/index.ts'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { writeKubeconfig } from '../../src/kube/kubeconfig.ts'
import { createKubeServer } from '../../src/kube/server/create-kube-server.ts'
import { openCertificateAuthority } from '../../src/lib/certificates/certificate-authority.ts'
import { openTestApi } from './open-test-api.ts'
import { widget } from './widget-kind.ts'

interface KubectlRun {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

interface RunOptions {
  /** Standard input, as for `-f -`. */
  readonly input?: string | undefined
  readonly env?: Readonly<Record<string, string>>
}

/** The stock kubectl of this machine in a home of its own, against a server of its own. */
export interface Kubectl {
  /** Fails when kubectl does; the answer is standard output. */
  readonly kubectl: (command: string, input?: string) => Promise<string>
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<KubectlRun>
  /** Starts kubectl without waiting for it, for watches. */
  readonly start: (args: readonly string[], options?: RunOptions) => ReturnType<typeof spawn>
  /** A folder for files of the test. */
  readonly home: string
  /** Such as 32 for v1.32.4. */
  readonly minorVersion: number
  readonly errors: readonly unknown[]
  readonly close: () => Promise<void>
}

/** Starts a server with the core kinds, {@link widget} and those of `dialects`, everything in memory. */
export async function startKubectl(dialects: readonly Dialect[] = []): Promise<Kubectl> {
  const home = mkdtempSync(join(tmpdir(), 'kubectl-'))
  const authority = openCertificateAuthority({ now: Date.now })
  const credential = { token: 'token-of-the-test', userName: 'tester', groups: ['system:masters'] }
  const errors: unknown[] = []
  const kinds = [...core.kinds, widget, ...dialects.flatMap((dialect) => dialect.kinds)]
  const testApi = openTestApi(kinds, core.seeds)
  const server = await createKubeServer({
    api: testApi.api,
    ...{ authority, credential, version: '0.0.0', host: '127.0.0.1', port: 0 },
    onError: (error) => errors.push(error),
  })
  const kubeconfig = writeKubeconfig({
    dataDir: home,
    server: server.url,
    caCertificate: authority.certificate,
    token: credential.token,
  })
  const start = (args: readonly string[], { env }: RunOptions = {}) =>
    spawn('kubectl', args, {
      cwd: home,
      env: { PATH: process.env['PATH'], HOME: home, KUBECONFIG: kubeconfig, ...env },
    })
  const run = async (args: readonly string[], options: RunOptions = {}): Promise<KubectlRun> => {
    const child = start(args, options)
    const output = Promise.all([textOf(child.stdout), textOf(child.stderr)])
    child.stdin.end(options.input)
    const [code] = await once(child, 'close')
    const [stdout, stderr] = await output
    return { code: code ?? 1, stdout, stderr }
  }
  const kubectl = async (command: string, input?: string): Promise<string> => {
    const { code, stdout, stderr } = await run(command.split(' '), { input })
    if (code !== 0) throw new Error(`kubectl ${command} ended with ${code}: ${stdout}${stderr}`)
    return stdout
  }
  const version = JSON.parse(await kubectl('version --client -o json'))
  return {
    ...{ kubectl, run, start, home, errors },
    minorVersion: Number.parseInt(version.clientVersion.minor, 10),
    close: async () => {
      await server.close()
      testApi.close()
      rmSync(home, { recursive: true })
    },
  }
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
