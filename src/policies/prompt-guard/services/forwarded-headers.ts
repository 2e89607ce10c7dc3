import type { GatewayError } from '../../../errors/gateway-error.ts'
import { gatewayError } from '../../../errors/gateway-error.ts'
import type { Origin } from '../../../ir/origin.ts'
import type { GuardWebhook } from '../../../ir/policies/prompt-guard.ts'
import type { HeaderList } from '../../../lib/http/header-list.ts'
import { compileRegex } from '../../../lib/regex/regex.ts'

type Pairs = readonly (readonly [name: string, value: string])[]

/** Chooses the headers of a client that a webhook is told. */
export type HeaderChoice = (headers: HeaderList) => Pairs

// What links a call to the client's trace goes along unasked (https://www.w3.org/TR/trace-context/ and B3).
const traceHeader =
  /^(?:traceparent|tracestate|b3|x-b3-(?:traceid|spanid|parentspanid|sampled|flags)|x-request-id)$/
// These describe the client's own connection and body.
const ownHeader =
  /^(?:host|content-(?:length|type|encoding)|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|proxy-.*|accept|accept-encoding|:.*)$/

export function compileHeaderChoice(
  { forwardHeaders }: Pick<GuardWebhook, 'forwardHeaders'>,
  origin: Origin,
): HeaderChoice | GatewayError {
  const tests: ((name: string) => boolean)[] = []
  for (const { key, match } of forwardHeaders) {
    const test = compileTest(key, match)
    if (typeof test === 'string') {
      return gatewayError(
        'configuration-error',
        `The prompt guard of ${origin.kind} ${origin.namespace}/${origin.name} forwards headers by a name that is no regular expression of RE2.`,
        { cause: test },
      )
    }
    tests.push(test)
  }
  return (headers) =>
    pairsOf(headers).filter(
      ([name]) =>
        traceHeader.test(name) || (!ownHeader.test(name) && tests.some((test) => test(name))),
    )
}

function compileTest(
  key: string,
  match: GuardWebhook['forwardHeaders'][number]['match'],
): ((name: string) => boolean) | string {
  const lowered = key.toLowerCase()
  switch (match) {
    case 'exact':
      return (name) => name === lowered
    case 'prefix':
      return (name) => name.startsWith(lowered)
    case 'suffix':
      return (name) => name.endsWith(lowered)
    case 'contains':
      return (name) => name.includes(lowered)
    case 'regex': {
      const regex = compileRegex(`(?i)(?:${key})`)
      return 'type' in regex ? regex.message : (name) => regex.matches(name)
    }
  }
}

function pairsOf({ flat }: HeaderList): [name: string, value: string][] {
  const pairs: [string, string][] = []
  for (let index = 0; index + 1 < flat.length; index += 2) {
    pairs.push([flat[index] ?? '', flat[index + 1] ?? ''])
  }
  return pairs
}
