/** Manifests that send every request to the host `api.test`. */
export const catchAllRoute = `
apiVersion: gloo.solo.io/v1
kind: Upstream
metadata: { name: api, namespace: default }
spec: { static: { hosts: [{ addr: api.test, port: 80 }] } }
---
apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: { name: api, namespace: default }
spec:
  virtualHost:
    domains: ['*']
    routes: [{ matchers: [{ prefix: / }], routeAction: { single: { upstream: { name: api, namespace: default } } } }]
`
