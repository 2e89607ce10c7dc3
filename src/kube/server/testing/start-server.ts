import { once } from 'node:events'
import https from 'node:https'
import { gunzipSync } from 'node:zlib'
import { type Mock, vi } from 'vitest'
import { openCertificateAuthority } from '../../../lib/certificates/certificate-authority.ts'
import type { KindDefinition } from '../../kind-definition.ts'
import type { KubeObject } from '../../kube-object.ts'
import type { ResourceApi } from '../../resources/resource-api.ts'
import { createKubeServer, type KubeServer, type KubeServerOptions } from '../create-kube-server.ts'

/** The credential of the server under test. */
export const token = 'a-token-that-only-this-test-knows'
/** Whom its clients trust. */
export const authority = openCertificateAuthority({ now: Date.now })

const widget: KindDefinition = {
  group: 'example.com',
  kind: 'Widget',
  plural: 'widgets',
  singular: 'widget',
  shortNames: ['wd'],
  categories: [],
  scope: 'Namespaced',
  unknownFields: 'keep',
  versions: [
    {
      name: 'v1',
      served: true,
      storage: true,
      schema: { type: 'object' },
      columns: [{ name: 'Size', type: 'integer', value: '.spec.size' }],
      statusSubresource: true,
    },
  ],
}

/** An object of the one kind that is served. */
export function widgetNamed(name: string): KubeObject {
  return {
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name, namespace: 'default', resourceVersion: '7' },
    spec: { size: 3 },
  }
}

const pod: KindDefinition = { ...widget, group: '', kind: 'Pod', plural: 'pods', singular: 'pod' }

function fakeApi() {
  const [version] = widget.versions
  if (!version) throw new Error('the kind has a version')
  const kind = { definition: widget, version }
  const result = { object: widgetNamed('a'), warnings: [] as string[], created: false }
  const list = { items: [widgetNamed('a'), widgetNamed('b')], metadata: { resourceVersion: '9' } }
  return {
    kinds: {
      list: () => [widget],
      find: (group, name, plural) => {
        if (name !== 'v1') return undefined
        if (group === 'example.com' && plural === 'widgets') return kind
        return group === '' && plural === 'pods' ? { definition: pod, version } : undefined
      },
      findByApiVersion: () => kind,
      findByKind: () => widget,
      subscribe: () => () => undefined,
    },
    get: vi.fn<ResourceApi['get']>(() => result),
    list: vi.fn<ResourceApi['list']>(() => list),
    create: vi.fn<ResourceApi['create']>(() => ({ ...result, created: true })),
    update: vi.fn<ResourceApi['update']>(() => result),
    patch: vi.fn<ResourceApi['patch']>(() => result),
    apply: vi.fn<ResourceApi['apply']>(() => result),
    delete: vi.fn<ResourceApi['delete']>(() => ({ body: result.object, warnings: [] })),
    deleteCollection: vi.fn<ResourceApi['deleteCollection']>(() => list),
    watch: vi.fn<ResourceApi['watch']>(() => ({ resume: () => undefined, close: () => undefined })),
  } satisfies ResourceApi
}

interface Call {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** A server over a fake API, and how to call it. */
export interface ServerUnderTest {
  readonly api: ReturnType<typeof fakeApi>
  readonly server: KubeServer
  readonly onError: Mock<(error: unknown) => void>
  readonly call: (path: string, options?: Call) => ReturnType<typeof call>
}

/** Starts a server with small limits on a free port. */
export async function startServer(
  options: Partial<KubeServerOptions> = {},
): Promise<ServerUnderTest> {
  const api = fakeApi()
  const onError = vi.fn<(error: unknown) => void>()
  const server = await createKubeServer({
    ...{ api, authority, onError, version: '0.1.0', host: '127.0.0.1', port: 0 },
    credential: { token, userName: 'sluice-admin', groups: ['system:masters'] },
    limits: { maxBytes: 1000, timeoutMs: 200 },
    now: () => Date.parse('2026-01-01T00:00:00Z'),
    ...options,
  })
  return { api, server, onError, call: (path, options) => call(server, path, options) }
}

async function call(
  server: KubeServer,
  path: string,
  { method = 'GET', headers = {}, body }: Call = {},
) {
  const request = https.request(`${server.url}${path}`, {
    ...{ method, ca: authority.certificate, agent: false },
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-length': String(body.length) }),
      ...headers,
    },
  })
  request.end(body)
  const [response] = await once(request, 'response')
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  const text = (
    response.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes
  ).toString()
  const isJson = String(response.headers['content-type']).startsWith('application/json')
  return {
    status: response.statusCode as number,
    headers: response.headers as Record<string, string>,
    text,
    json: isJson && text !== '' ? JSON.parse(text) : undefined,
  }
}

/** Where the kind is served. */
export const widgets = '/apis/example.com/v1/namespaces/default/widgets'
