import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { join } from 'node:path'
import { parse } from 'yaml'

interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace: string }
}

/** A kept-alive connection to Sluice's Kubernetes API, as the manifests of a run are applied over. */
export interface KubeApplier {
  /** Applies (server-side) a VirtualService, RouteTable or Upstream; resolves with the answer's duration. */
  apply(object: Manifest & Record<string, unknown>): Promise<{ readonly answerMs: number }>
  close(): void
}

const pathsOf: Readonly<Record<string, string>> = {
  Upstream: 'gloo.solo.io/v1/namespaces/default/upstreams',
  VirtualService: 'gateway.solo.io/v1/namespaces/default/virtualservices',
  RouteTable: 'gateway.solo.io/v1/namespaces/default/routetables',
}

export function connectKube(dataFolder: string, port: number): KubeApplier {
  const config = parse(readFileSync(join(dataFolder, 'kubeconfig'), 'utf8')) as {
    users: { user: { token: string } }[]
  }
  const agent = new Agent({ keepAlive: true, ca: readFileSync(join(dataFolder, 'ca.crt')) })
  const headers = {
    authorization: `Bearer ${config.users[0]?.user.token ?? ''}`,
    'content-type': 'application/apply-patch+yaml',
  }
  return {
    apply(object) {
      const body = JSON.stringify(object)
      const path = `/apis/${pathsOf[object.kind]}/${object.metadata.name}?fieldManager=bench&force=true`
      const startedAt = performance.now()
      return new Promise((resolve, reject) => {
        const call = request(
          { host: '127.0.0.1', port, method: 'PATCH', path, agent, headers },
          (response) => {
            let text = ''
            response.on('data', (chunk) => {
              text += chunk
            })
            response.on('end', () => {
              if ((response.statusCode ?? 500) >= 300) reject(new Error(text.slice(0, 2000)))
              else resolve({ answerMs: performance.now() - startedAt })
            })
          },
        )
        call.on('error', reject)
        call.end(body)
      })
    },
    close: () => agent.destroy(),
  }
}
