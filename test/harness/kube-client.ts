import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import type { SluiceProcess } from './sluice-process.ts'
import { waitUntil } from './wait-until.ts'

interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly warnings: readonly string[]
}

interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
}

/** Speaks to a Sluice's Kubernetes API without kubectl, which costs a test a process per call. */
export class KubeClient {
  readonly #port: number
  readonly #token: string
  readonly #ca: Buffer

  constructor(sluice: SluiceProcess) {
    const config = parse(readFileSync(sluice.kubeconfig, 'utf8')) as {
      users: { user: { token: string } }[]
    }
    this.#port = sluice.kubePort
    this.#token = config.users[0]?.user.token ?? ''
    this.#ca = readFileSync(join(sluice.folder, 'data/ca.crt'))
  }

  call(
    method: string,
    path: string,
    body?: string,
    contentType = 'application/json',
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call = request(
        {
          ...{ host: '127.0.0.1', port: this.#port, method, path, ca: this.#ca, agent: false },
          headers: { authorization: `Bearer ${this.#token}`, 'content-type': contentType },
        },
        (response) => {
          let text = ''
          response.on('data', (chunk) => {
            text += chunk
          })
          response.on('end', () => {
            const warnings = [response.headers['warning'] ?? []].flat() as string[]
            const parsed = text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : { text }
            resolve({ status: response.statusCode ?? 0, body: parsed, warnings })
          })
        },
      )
      call.on('error', reject)
      call.end(body)
    })
  }

  /** Applies every document of `yaml`; rejects with what the server said of the first that it refuses. */
  async apply(yaml: string): Promise<void> {
    for (const document of parseAllDocuments(yaml)) {
      const object = document.toJS() as Manifest | null
      if (object === null) continue
      const path = `${pathOf(object)}?fieldManager=test&force=true`
      const answer = await this.call(
        'PATCH',
        path,
        JSON.stringify(object),
        'application/apply-patch+yaml',
      )
      if (answer.status >= 300) throw new Error(JSON.stringify(answer.body))
    }
  }

  async get(path: string): Promise<Record<string, unknown>> {
    const answer = await this.call('GET', path)
    if (answer.status >= 300) throw new Error(JSON.stringify(answer.body))
    return answer.body
  }

  delete(path: string): Promise<Answer> {
    return this.call('DELETE', path)
  }

  /** The address that a Service of type LoadBalancer was given. */
  serviceAddress(namespace: string, name: string): Promise<string> {
    return waitUntil(`an address of Service ${namespace}/${name}`, async () => {
      const service = await this.get(`/api/v1/namespaces/${namespace}/services/${name}`)
      const status = service['status'] as { loadBalancer?: { ingress?: { ip: string }[] } }
      return status?.loadBalancer?.ingress?.[0]?.ip
    })
  }
}

const plurals: Readonly<Record<string, string>> = {
  Gateway: 'gateways',
  Namespace: 'namespaces',
  EndpointSlice: 'endpointslices',
  Settings: 'settings',
  GatewayClass: 'gatewayclasses',
  BackendTLSPolicy: 'backendtlspolicies',
  GatewayParameters: 'gatewayparameters',
  CustomResourceDefinition: 'customresourcedefinitions',
}

/** The path of one object; kinds whose plural is not the usual one stand in a table. */
function pathOf({ apiVersion, kind, metadata }: Manifest): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const plural = plurals[kind] ?? `${kind.toLowerCase()}s`
  const clusterScoped = ['Namespace', 'CustomResourceDefinition', 'GatewayClass'].includes(kind)
  const scope = clusterScoped ? '' : `/namespaces/${metadata.namespace ?? 'default'}`
  return `${root}${scope}/${plural}/${metadata.name}`
}
