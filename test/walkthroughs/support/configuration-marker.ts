import { callHttp } from '../../harness/http-call.ts'
import type { KubeClient } from '../../harness/kube-client.ts'
import { waitUntil } from '../../harness/wait-until.ts'

const port = 8080

const gatewayYaml = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: marker, namespace: default }
spec:
  gatewayClassName: sluice
  listeners: [{ name: http, protocol: HTTP, port: ${port} }]
`

const routeYaml = (path: string) => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: marker, namespace: default }
spec:
  parentRefs: [{ name: marker }]
  rules:
  - filters:
    - type: RequestRedirect
      requestRedirect: { path: { type: ReplaceFullPath, replaceFullPath: ${path} } }
`

/**
 * A gateway of the test's own. Changes take effect in the order in which they are written, so once it serves its latest
 * route, everything written before is in force.
 */
export class ConfigurationMarker {
  readonly #kube: KubeClient
  #count = 0

  constructor(kube: KubeClient) {
    this.#kube = kube
  }

  /** Resolves when the gateway has taken everything that has been applied so far. */
  async pass(): Promise<void> {
    if (this.#count === 0) await this.#kube.apply(gatewayYaml)
    const path = `/passed-${++this.#count}`
    await this.#kube.apply(routeYaml(path))
    const address = await this.#findAddress()
    await waitUntil('the gateway to take what was applied', async () => {
      const answer = await callHttp({ address, port, path: '/' }).catch(() => undefined)
      return answer?.headers.location?.endsWith(path) === true
    })
  }

  #findAddress(): Promise<string> {
    return waitUntil('the address of the marker', async () => {
      const path = '/apis/gateway.networking.k8s.io/v1/namespaces/default/gateways/marker'
      const { status } = (await this.#kube.get(path)) as {
        status?: { addresses?: { value: string }[] }
      }
      return status?.addresses?.[0]?.value
    })
  }
}
