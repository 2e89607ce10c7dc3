import { generateKeyPairSync, sign } from 'node:crypto'

/** Host of the routes that lead to a provider; the clear-text ones of the other scenarios take any other host. */
export const modelHost = 'llm.bench.test'

const callers = 1000
const guardPatterns = 30

export interface ModelRoutes {
  /** YAML documents. */
  readonly manifests: string
  /** A token of each of 1,000 callers. */
  readonly tokens: readonly string[]
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

const upstream = (name: string, port: number, path: string | undefined) => `
---
apiVersion: gloo.solo.io/v1
kind: Upstream
metadata: { name: ${name}, namespace: default }
spec:
  ai:
    openai:
      authToken: { secretRef: { name: bench-token, namespace: default } }
      customHost:
        host: api.bench.test
        port: ${port}
${path === undefined ? '' : `        pathOverride: { fullPath: ${path} }`}`

const route = (prefix: string, upstreamName: string, options = '') => `
    - matchers: [{ prefix: /${prefix} }]
      routeAction: { single: { upstream: { name: ${upstreamName}, namespace: default } } }
      options:
        timeout: 60s
        rateLimitConfigs: { refs: [{ name: tokens-per-caller, namespace: default }] }
        rbac: { policies: { staff: { principals: [{ jwtPrincipal: { claims: { team: bench } } }] } } }
${options}`

const patterns = Array.from(
  { length: guardPatterns },
  (_, index) => `{ name: n${index}, pattern: "secret-${index}-[a-z0-9]{4,12}" }`,
)

const guard = `        ai:
          promptGuard:
            response:
              regex:
                builtins: [SSN, CREDIT_CARD, PHONE_NUMBER, EMAIL]
                matches: [${patterns.join(', ')}]`

/** Routes with JWT, RBAC and a token limit by caller; one of them with a guard of 30 patterns and every built-in one. */
export function createModelRoutes(ports: { clear: number; events: number }): ModelRoutes {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = publicKey.export({ type: 'spki', format: 'pem' })
  const tokens = Array.from({ length: callers }, (_, index) => {
    const claims = { iss: 'bench', sub: `caller-${index}`, team: 'bench' }
    const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`
    return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`
  })
  const manifests = `${upstream('model', ports.clear, undefined)}
${upstream('model-events', ports.events, '/v1/events')}
---
apiVersion: ratelimit.solo.io/v1alpha1
kind: RateLimitConfig
metadata: { name: tokens-per-caller, namespace: default }
spec:
  raw:
    descriptors: [{ key: caller, rateLimit: { unit: DAY, requestsPerUnit: 4000000000 } }]
    rateLimits:
    - actions:
      - metadata:
          descriptorKey: caller
          source: DYNAMIC
          defaultValue: unknown
          metadataKey: { key: envoy.filters.http.jwt_authn, path: [{ key: principal }, { key: sub }] }
---
apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: { name: models, namespace: default }
spec:
  virtualHost:
    domains: ["${modelHost}"]
    options:
      jwt: { providers: { bench: { issuer: bench, jwks: { local: { key: ${JSON.stringify(pem)} } } } } }
    routes:
${route('model', 'model')}
${route('relayed', 'model-events')}
${route('guarded', 'model-events', guard)}
`
  return { manifests, tokens }
}
