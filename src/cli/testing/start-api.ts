import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KindDefinition } from '../../kube/kind-definition.ts'
import type { KubeObject } from '../../kube/kube-object.ts'
import { writeKubeconfig } from '../../kube/kubeconfig.ts'
import { StoreResourceApi } from '../../kube/resources/store-resource-api.ts'
import { createKubeServer } from '../../kube/server/create-kube-server.ts'
import { ObjectStore } from '../../kube/store/object-store.ts'
import { openCertificateAuthority } from '../../lib/certificates/certificate-authority.ts'
import { addClientCommands } from '../client-commands.ts'
import type { ClientCommandParts, KnownKinds } from '../client-parts.ts'
import { runProgram } from '../program.ts'

/** What a command printed, and its exit code. */
export interface CommandResult {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A kind that takes any field. */
export function looseKind(group: string, version: string, kind: string): KindDefinition {
  const singular = kind.toLowerCase()
  return {
    ...{ group, kind, singular, shortNames: [], categories: [], scope: 'Namespaced' },
    plural: /[^aeiou]y$/.test(singular) ? `${singular.slice(0, -1)}ies` : `${singular}s`,
    unknownFields: 'keep',
    versions: [
      {
        ...{ name: version, served: true, storage: true, statusSubresource: false, columns: [] },
        schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    ],
  }
}

const namespaceKind: KindDefinition = {
  ...looseKind('', 'v1', 'Namespace'),
  scope: 'Cluster',
}

/** The kinds that the commands under test meet. */
export const testKinds: readonly KindDefinition[] = [
  namespaceKind,
  looseKind('', 'v1', 'Secret'),
  looseKind('', 'v1', 'Service'),
  looseKind('gloo.solo.io', 'v1', 'Upstream'),
  looseKind('gloo.solo.io', 'v1', 'UpstreamGroup'),
  looseKind('gloo.solo.io', 'v1', 'Proxy'),
  looseKind('gateway.solo.io', 'v1', 'VirtualService'),
  looseKind('gateway.solo.io', 'v1', 'RouteTable'),
  looseKind('gateway.solo.io', 'v1', 'Gateway'),
]

/** A Kubernetes API in this process, and how to run commands against it. */
export interface ApiUnderTest {
  readonly folder: string
  readonly kubeconfig: string
  create(object: KubeObject): void
  delete(apiVersion: string, kind: string, name: string, namespace?: string): void
  /** As stored. */
  find(apiVersion: string, kind: string, name: string, namespace?: string): KubeObject | undefined
  run(...parameters: string[]): Promise<CommandResult>
  close(): Promise<void>
}

/** Starts an API on a free port, with `default` and `gloo-system` in it. */
export async function startApi(
  kinds: readonly KindDefinition[] = testKinds,
): Promise<ApiUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-cli-'))
  const store = new ObjectStore(':memory:')
  const api = new StoreResourceApi({ store, kinds })
  const authority = openCertificateAuthority({ now: Date.now })
  const token = 'a-token-that-only-this-test-knows'
  const server = await createKubeServer({
    ...{ api, authority, version: '0.1.0', host: '127.0.0.1', port: 0 },
    credential: { token, userName: 'sluice-admin', groups: ['system:masters'] },
    onError: (error) => {
      throw error
    },
  })
  const kubeconfig = writeKubeconfig({
    ...{ dataDir: join(folder, '.sluice'), server: server.url, token },
    caCertificate: authority.certificate,
  })
  const target = (apiVersion: string, kind: string, namespace: string) => {
    const served = api.kinds.findByApiVersion(apiVersion, kind)
    if (served === undefined) throw new Error(`${kind} is not served`)
    return { kind: served, namespace }
  }
  return {
    folder,
    kubeconfig,
    create: (body) => {
      const place = target(body.apiVersion, body.kind, body.metadata.namespace ?? '')
      api.create({ ...place, object: body, fieldManager: 'test' })
    },
    delete: (apiVersion, kind, name, namespace = '') => {
      api.delete({ ...target(apiVersion, kind, namespace), name })
    },
    find: (apiVersion, kind, name, namespace = 'default') => {
      const { items } = api.list(target(apiVersion, kind, namespace))
      return items.find((object) => object.metadata.name === name)
    },
    run: (...parameters) => runCommand(parameters, { workingDirectory: folder }),
    close: async () => {
      await server.close()
      store.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** Runs the program as a person would, with an environment of its own. */
export async function runCommand(
  parameters: readonly string[],
  parts: Partial<ClientCommandParts> = {},
): Promise<CommandResult> {
  let out = ''
  let err = ''
  const terminal = {
    out: (text: string) => {
      out += text
    },
    err: (text: string) => {
      err += text
    },
  }
  const all: ClientCommandParts = {
    ...{ version: '0.1.0', terminal, environment: {}, now: Date.now },
    ...{ workingDirectory: '/nonexistent', homeDirectory: '/nonexistent' },
    randomId: () => '6c0d2f9e-0000-4000-8000-000000000000',
    readStandardInput: async () => '',
    untilStopped: async () => undefined,
    loadKinds: async (): Promise<KnownKinds> => ({
      ...{ kinds: [], translate: () => [], describeListeners: () => [] },
    }),
    ...parts,
  }
  const unused = async () => {
    throw new Error('this test starts no gateway')
  }
  const code = await runProgram(
    parameters,
    {
      ...{ version: all.version, serve: unused, dev: unused },
      addClientCommands: async (program) => addClientCommands(program, all),
    },
    terminal,
  )
  return { code, out, err }
}
