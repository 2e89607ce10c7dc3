import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import type { Origin } from '../../ir/origin.ts'
import type { HeaderAddition, HeaderMutation } from '../../ir/policies/header-mutation.ts'
import { isFramingHeader } from '../../lib/http/framing-headers.ts'
import type { HeaderList } from '../../lib/http/header-list.ts'
import type { PolicyServices } from '../policy.ts'
import { compileTemplate } from './compile-template.ts'
import type { Template, TemplateInput } from './template.ts'

/** The changes of one direction, ready to be made. */
export interface CompiledChanges {
  readonly isEmpty: boolean
  /** Credentials among the values: those of Secrets, and what a manifest gives a header of credentials in clear. */
  readonly heldValues: readonly string[]
  apply(headers: HeaderList, input: TemplateInput): void
}

/** A value known in advance, or how to make it. */
type Value = string | Template

interface CompiledAddition {
  readonly name: string
  readonly value: Value
  readonly append: boolean
  readonly isSecret: boolean
}

const credentialHeader =
  /(?:authorization|cookie|credentials?|key|password|secret|signature|token)$/

const tokenPattern = /^[!#$%&'*+.^_`|~0-9a-z-]+$/
// What RFC 9110 section 5.5 allows in a field value.
const valuePattern = /^[\t\x20-\x7e\x80-\xff]*$/

/** Checks and compiles the changes of one direction. */
export function compileChanges(
  config: HeaderMutation,
  direction: 'request' | 'response',
  services: PolicyServices,
): CompiledChanges | GatewayError {
  const { remove, add } = config[direction]
  const additions: CompiledAddition[] = []
  for (const addition of add) {
    const compiled = compileAddition(addition, direction, services)
    if ('type' in compiled) return refuse(config.origin, compiled.message)
    // As in Envoy, an empty value adds no header.
    if (compiled.value !== '') additions.push(compiled)
  }
  const removed = remove.find((name) => !tokenPattern.test(name))
  if (removed !== undefined) return refuse(config.origin, `"${removed}" is not a header name`)
  return {
    heldValues: additions.flatMap(heldValueOf),
    isEmpty: remove.length === 0 && additions.length === 0,
    apply: (headers, input) => {
      for (const name of remove) headers.remove(name)
      for (const addition of additions) applyAddition(addition, headers, input)
    },
  }
}

function heldValueOf({ name, value, isSecret }: CompiledAddition): readonly string[] {
  const isHeld = typeof value === 'string' && (isSecret || credentialHeader.test(name))
  return isHeld ? [value] : []
}

function applyAddition(
  { name, value, append }: CompiledAddition,
  headers: HeaderList,
  input: TemplateInput,
): void {
  const text = typeof value === 'string' ? value : value(input)
  // What a policy learnt may hold anything; a header must not end early because of it.
  if (text === '' || (typeof value !== 'string' && !valuePattern.test(text))) return
  if (append) headers.append(name, text)
  else headers.set(name, text)
}

function compileAddition(
  { name, value, append }: HeaderAddition,
  direction: 'request' | 'response',
  services: PolicyServices,
): CompiledAddition | { readonly type: 'refused'; readonly message: string } {
  const refused = (message: string) => ({ type: 'refused', message }) as const
  if (!tokenPattern.test(name)) return refused(`"${name}" is not a header name`)
  if (isFramingHeader(name)) {
    return refused(`header "${name}" belongs to the connection and is set by the gateway alone`)
  }
  if (value.type === 'secret') {
    const { secretId, key } = value.secret
    const text = services.secretValue(value.secret)
    if (text === undefined) {
      return refused(`Secret ${secretId} has no key "${key}", which header "${name}" needs`)
    }
    if (!valuePattern.test(text)) {
      return refused(
        `key "${key}" of Secret ${secretId} holds a line break or a character that a header cannot carry`,
      )
    }
    return { name, value: text, append, isSecret: true }
  }
  if (!valuePattern.test(value.template)) {
    return refused(
      `the value of header "${name}" holds a line break or a character that a header cannot carry`,
    )
  }
  const template = compileTemplate(value.template, direction)
  if (typeof template === 'object') return refused(`header "${name}": ${template.message}`)
  return { name, value: template, append, isSecret: false }
}

function refuse({ kind, namespace, name, fieldPath }: Origin, reason: string): GatewayError {
  return gatewayError(
    'configuration-error',
    `The header changes in ${fieldPath} of ${kind} ${namespace}/${name} cannot be made: ${reason}.`,
  )
}
