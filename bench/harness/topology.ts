import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openCertificateAuthority } from '../../src/lib/certificate-authority.ts'
import { createBenchFolder } from './bench-folder.ts'
import { startNginx } from './nginx.ts'
import type { BenchProcess } from './process.ts'
import { type SluiceUnderTest, startSluice } from './sluice.ts'

/** Core of what is measured, and core of load and upstream. */
const measuredCore = '0'
export const loadCore = '1'

export interface Topology {
  readonly folder: string
  readonly nginx: BenchProcess
  readonly sluice: SluiceUnderTest
  readonly urls: { readonly direct: string; readonly nginx: string; readonly sluice: string }
  stop(): Promise<void>
}

const answerBytes = 900
const envelope = { id: 'chatcmpl-bench', content: '' }
const padding = 'y'.repeat(answerBytes - JSON.stringify(envelope).length)
const answer = JSON.stringify({ ...envelope, content: padding })

/** The manifests that say the same as `bench/nginx/proxy.conf`. */
const benchManifests = (clearPort: number, securePort: number) => `
apiVersion: v1
kind: Secret
metadata: { name: bench-token, namespace: default }
type: gloo.solo.io/header
stringData: { Authorization: "Bearer sk-bench-0123456789abcdef" }
---
apiVersion: gloo.solo.io/v1
kind: Upstream
metadata: { name: clear, namespace: default }
spec: { static: { hosts: [{ addr: api.bench.test, port: ${clearPort} }] } }
---
apiVersion: gloo.solo.io/v1
kind: Upstream
metadata: { name: secure, namespace: default }
spec: { static: { useTls: true, hosts: [{ addr: api.bench.test, port: ${securePort} }] } }
---
apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: { name: bench, namespace: default }
spec:
  virtualHost:
    domains: ["*"]
    routes:
${['plain', 'stream'].map((name) => route(name, 'clear')).join('')}${route('secure', 'secure')}`

const route = (prefix: string, upstream: string) => `
    - matchers: [{ prefix: /${prefix} }]
      routeAction: { single: { upstream: { name: ${upstream}, namespace: default } } }
      options:
        autoHostRewrite: true
        timeout: 60s
        prefixRewrite: /v1/chat/completions
        headerManipulation:
          requestHeadersToAdd:
          - headerSecretRef: { name: bench-token, namespace: default }
`

/** nginx as the upstream on the load's core; nginx and Sluice as proxies on the measured one. */
export async function startTopology(): Promise<Topology> {
  const folder = createBenchFolder()
  const authority = openCertificateAuthority({ now: Date.now })
  const { certificate, privateKey } = authority.issueServerCertificate({
    names: ['api.bench.test', '127.0.0.1'],
  })
  const files = {
    CERTIFICATE: join(folder.path, 'upstream.crt'),
    PRIVATE_KEY: join(folder.path, 'upstream.key'),
    AUTHORITY: join(folder.path, 'ca.crt'),
  }
  writeFileSync(files.CERTIFICATE, certificate)
  writeFileSync(files.PRIVATE_KEY, privateKey, { mode: 0o600 })
  writeFileSync(files.AUTHORITY, authority.certificate)
  const upstream = await startNginx(folder.path, 'upstream', loadCore, {
    ...files,
    LISTEN: '127.0.0.1:19080',
    LISTEN_TLS: '127.0.0.1:19443',
    BODY: answer.replaceAll('"', '\\"'),
  })
  const nginx = await startNginx(folder.path, 'proxy', measuredCore, {
    ...files,
    LISTEN: '127.0.0.1:19081',
    UPSTREAM: '127.0.0.1:19080',
    UPSTREAM_TLS: '127.0.0.1:19443',
  })
  const sluice = await startSluice({
    folder: folder.path,
    core: measuredCore,
    workers: 1,
    manifests: benchManifests(19080, 19443),
    addressPool: '127.0.13.0/24',
    adminPort: 19082,
    kubePort: 19083,
    flags: [
      ...['--cacert', files.AUTHORITY, '--resolve', 'api.bench.test:19080:127.0.0.1'],
      ...['--resolve', 'api.bench.test:19443:127.0.0.1'],
    ],
  })
  return {
    folder: folder.path,
    nginx,
    sluice,
    urls: {
      direct: 'http://127.0.0.1:19080',
      nginx: 'http://127.0.0.1:19081',
      sluice: 'http://127.0.13.1:80',
    },
    async stop() {
      await sluice.stop()
      await nginx.stop()
      await upstream.stop()
      folder.remove()
    },
  }
}
