import { generateKeyPairSync, sign } from 'node:crypto'
import type { Jwt } from '../../src/ir/policies/jwt.ts'
import type { Rbac } from '../../src/ir/policies/rbac.ts'
import { HeaderList } from '../../src/lib/http/header-list.ts'
import { jwt } from '../../src/policies/jwt/index.ts'
import type { PolicyModule, RequestContext } from '../../src/policies/policy.ts'
import { rbac } from '../../src/policies/rbac/index.ts'
import { policyServices, requestContext, testOrigin } from '../../src/policies/testing/context.ts'

/** JWT (RS256) and RBAC on a request: 1,000 tokens that were verified before, and tokens seen first. Run: node bench/micro/jwt-verification.ts */
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

function createToken(index: number): string {
  const claims = { iss: 'bench', sub: `user-${index}`, llms: { openai: ['gpt-4o', 'gpt-4o-mini'] } }
  const signed = `${encode({ alg: 'RS256' })}.${encode(claims)}`
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`
}

const jwtConfig: Jwt = {
  ...{ type: 'jwt', id: 'jwt', origin: testOrigin, otherwise: 'refuse' },
  metadataNamespace: undefined,
  providers: [
    {
      ...{ name: 'own', issuer: 'bench', audiences: [], keepToken: false, clockSkewSeconds: 60 },
      keys: {
        type: 'public',
        keys: [publicKey.export({ format: 'jwk' }) as Record<string, string>],
      },
      tokenHeaders: [{ name: 'authorization', prefix: 'Bearer ' }],
      tokenQueryParameters: ['access_token'],
      claimsToHeaders: [],
    },
  ],
}
const rbacConfig: Rbac = {
  ...{ type: 'rbac', id: 'rbac', origin: testOrigin },
  policies: [
    {
      ...{ name: 'users', pathPrefix: undefined, methods: [] },
      principals: [
        {
          provider: undefined,
          claims: [{ path: ['llms', 'openai'], match: 'list-contains', value: 'gpt-4o-mini' }],
        },
      ],
    },
  ],
}

function hookOf<Config extends Jwt | Rbac>(module: PolicyModule<Config>, config: Config) {
  const policy = module.compile(config, policyServices())
  if ('code' in policy) throw new Error(policy.message)
  return (context: RequestContext) => {
    if (policy.onRequestHead?.(context) !== undefined) throw new Error('A request was refused.')
  }
}

const authenticate = hookOf(jwt, jwtConfig)
const authorise = hookOf(rbac, rbacConfig)

const requestsWith = (tokens: readonly string[]) =>
  tokens.map((token) =>
    requestContext({
      query: '',
      headers: new HeaderList(['host', 'a', 'authorization', `Bearer ${token}`, 'accept', '*/*']),
    }),
  )

/** Microseconds per request. */
function measure(contexts: readonly RequestContext[]): number {
  const startMs = performance.now()
  for (const context of contexts) {
    authenticate(context)
    authorise(context)
  }
  return ((performance.now() - startMs) * 1000) / contexts.length
}

const tokens = Array.from({ length: 1000 }, (_, index) => createToken(index))
const misses = measure(requestsWith(tokens))
const rounds = Array.from({ length: 50 }, () => measure(requestsWith(tokens)))
const hits = rounds.toSorted((left, right) => left - right)[25] ?? 0

process.stdout.write(`token seen first: ${misses.toFixed(1)} µs per request\n`)
process.stdout.write(`token verified before: ${hits.toFixed(2)} µs per request\n`)
