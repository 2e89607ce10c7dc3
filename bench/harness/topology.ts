import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openCertificateAuthority } from '../../src/lib/certificates/certificate-authority.ts'
import { createBenchFolder } from './bench-folder.ts'
import { createModelRoutes } from './manifests/model-routes.ts'
import { type BenchProcess, startPinned } from './programs/bench-process.ts'
import { startNginx } from './programs/nginx.ts'
import { type SluiceUnderTest, startSluice } from './programs/sluice.ts'
import { waitForPort } from './programs/wait-for-port.ts'

/** Core of what is measured, and core of load and upstream. */
export const measuredCore = '0'
export const loadCore = '1'

const ports = {
  clear: 19080,
  nginx: 19081,
  admin: 19082,
  kube: 19083,
  events: 19084,
  secure: 19443,
} as const

export type Target = 'direct' | 'nginx' | 'sluice'

export interface Topology {
  readonly folder: string
  readonly nginx: BenchProcess
  readonly sluice: SluiceUnderTest
  /** Where each target is reached; `events` is the streaming upstream itself. */
  readonly urls: Readonly<Record<Target | 'events', string>>
  /** A file with a token of each caller of the model routes. */
  readonly tokenFile: string
  stop(): Promise<void>
}

export interface TopologyOptions {
  readonly workers?: number
  /** Cores of Sluice and nginx, such as `0,1`. */
  readonly cores?: string
  /** Adds routes to models, and with them what only such routes make the gateway load. */
  readonly models?: boolean
}

const answerBytes = 900
const completion = (content: string) =>
  JSON.stringify({
    ...{ id: 'chatcmpl-bench', object: 'chat.completion', model: 'gpt-4o-mini-2024-07-18' },
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 38, completion_tokens: 90, total_tokens: 128 },
  })
const answer = completion('y'.repeat(answerBytes - completion('').length))

const upstream = (name: string, port: number, useTls: boolean) => `
---
apiVersion: gloo.solo.io/v1
kind: Upstream
metadata: { name: ${name}, namespace: default }
spec: { static: { useTls: ${useTls}, hosts: [{ addr: api.bench.test, port: ${port} }] } }`

const route = (prefix: string, upstreamName: string, path: string) => `
    - matchers: [{ prefix: /${prefix} }]
      routeAction: { single: { upstream: { name: ${upstreamName}, namespace: default } } }
      options:
        autoHostRewrite: true
        timeout: 60s
        prefixRewrite: ${path}
        headerManipulation:
          requestHeadersToAdd:
          - headerSecretRef: { name: bench-token, namespace: default }`

/** The manifests that say the same as `bench/nginx/proxy.conf`. */
const benchManifests = `
apiVersion: v1
kind: Secret
metadata: { name: bench-token, namespace: default }
type: gloo.solo.io/header
stringData: { Authorization: "Bearer sk-bench-0123456789abcdef" }
${upstream('clear', ports.clear, false)}
${upstream('events', ports.events, false)}
${upstream('secure', ports.secure, true)}
---
apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: { name: bench, namespace: default }
spec:
  virtualHost:
    domains: ["*"]
    routes:
${route('plain', 'clear', '/v1/chat/completions')}
${route('secure', 'secure', '/v1/chat/completions')}
${route('events', 'events', '/v1/events')}
${route('segment', 'events', '/v1/segment')}
`

interface CertificateFiles extends Readonly<Record<string, string>> {
  readonly AUTHORITY: string
}

function writeCertificates(folder: string): CertificateFiles {
  const authority = openCertificateAuthority({ now: Date.now })
  const { certificate, privateKey } = authority.issueServerCertificate({
    names: ['api.bench.test', '127.0.0.1'],
  })
  const files = {
    CERTIFICATE: join(folder, 'upstream.crt'),
    PRIVATE_KEY: join(folder, 'upstream.key'),
    AUTHORITY: join(folder, 'upstream-ca.crt'),
  }
  writeFileSync(files.CERTIFICATE, certificate)
  writeFileSync(files.PRIVATE_KEY, privateKey, { mode: 0o600 })
  writeFileSync(files.AUTHORITY, authority.certificate)
  return files
}

async function startUpstreams(folder: string, files: CertificateFiles): Promise<BenchProcess[]> {
  const plain = await startNginx(folder, 'upstream', loadCore, {
    ...files,
    LISTEN: `127.0.0.1:${ports.clear}`,
    LISTEN_TLS: `127.0.0.1:${ports.secure}`,
    BODY: answer.replaceAll('"', '\\"'),
  })
  const events = startPinned(loadCore, process.execPath, [
    join(import.meta.dirname, '../load/event-upstream.ts'),
    ...['127.0.0.1', String(ports.events)],
  ])
  await waitForPort('127.0.0.1', ports.events)
  return [plain, events]
}

/** nginx and a streaming upstream on the load's core; nginx and Sluice as proxies on the measured one. */
export async function startTopology(options: TopologyOptions = {}): Promise<Topology> {
  const folder = createBenchFolder()
  const files = writeCertificates(folder.path)
  const upstreams = await startUpstreams(folder.path, files)
  const core = options.cores ?? measuredCore
  const nginx = await startNginx(folder.path, 'proxy', core, {
    ...files,
    LISTEN: `127.0.0.1:${ports.nginx}`,
    UPSTREAM: `127.0.0.1:${ports.clear}`,
    UPSTREAM_TLS: `127.0.0.1:${ports.secure}`,
    UPSTREAM_EVENTS: `127.0.0.1:${ports.events}`,
  })
  const models = createModelRoutes(ports)
  const tokenFile = join(folder.path, 'tokens.txt')
  writeFileSync(tokenFile, models.tokens.join('\n'))
  const resolved = [ports.clear, ports.secure, ports.events]
  const sluice = await startSluice({
    folder: folder.path,
    core,
    workers: options.workers ?? 1,
    manifests: options.models === true ? benchManifests + models.manifests : benchManifests,
    addressPool: '127.0.13.0/24',
    adminPort: ports.admin,
    kubePort: ports.kube,
    flags: [
      ...['--cacert', files.AUTHORITY],
      ...resolved.flatMap((port) => ['--resolve', `api.bench.test:${port}:127.0.0.1`]),
    ],
  })
  return {
    folder: folder.path,
    nginx,
    sluice,
    tokenFile,
    urls: {
      direct: `http://127.0.0.1:${ports.clear}`,
      events: `http://127.0.0.1:${ports.events}`,
      nginx: `http://127.0.0.1:${ports.nginx}`,
      sluice: 'http://127.0.13.1:80',
    },
    async stop() {
      await sluice.stop()
      await Promise.all([nginx, ...upstreams].map((each) => each.stop()))
      folder.remove()
    },
  }
}
